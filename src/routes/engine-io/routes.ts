// The requests of Engine.IO 3 and 4: all go to the path itself, told apart by what their query asks for.
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { ParserModule } from '../../../types/options.js'
import type { EngineVersion } from '../../codec/engine-io.js'
import { isMessagePack } from '../../codec/message-pack.js'
import { PacketType, SocketioCodec } from '../../codec/socketio.js'
import type { Engine } from '../../engine/engine.js'
import { RefusedRequest } from '../../errors.js'
import type { RefusalReason } from '../../errors.js'
import type { Settings } from '../../options.js'
import { longPollOptions, PREFLIGHT, routeAdder } from '../rows.js'
import type { AddRoute, PreHandler } from '../rows.js'
import { ADMITTED, admit } from '../admission.js'
import type { Admitted } from '../admission.js'
import { handlePost } from './data.js'
import { queryOf, handlePoll, webSocketHandler } from './session.js'
import type { EngineIoContext } from './session.js'
import { addGenerations, TRANSPORT_KEYS } from './generation.js'
import { addHeaders } from '../headers.js'
import { engineIoJsonp, quoteJsonp } from '../hooks.js'
import { notePost } from '../posts-under-way.js'
import { isUpgrade } from '../upgrade-requests.js'

/** What the routes of Engine.IO are made of. */
export interface EngineIoRoutes {
  /** Gets the routes that take WebSockets. */
  readonly upgrades: RouteOptions[]
  readonly engine: Engine
  readonly settings: Settings
  readonly parser: ParserModule | undefined
}

const VERSIONS: readonly EngineVersion[] = [3, 4]
/** Engine.IO answers whoever it is that asks. */
const OTHERS = ['PUT', 'PATCH', 'DELETE']
const TEXT = { type: 'string' }
const SCHEMA = {
  querystring: {
    type: 'object',
    properties: { EIO: TEXT, transport: TEXT, sid: TEXT, j: TEXT, b64: TEXT },
    additionalProperties: true
  }
}

const refuse = (reason: RefusalReason, detail: string): PreHandler => (request, _reply, done) => {
  done(new RefusedRequest(reason, detail, { url: request.url }))
}

/** A route whose requests are verified. */
interface Verified extends EngineIoContext { readonly transport: 'polling' | 'websocket' }

/** @throws RefusedRequest when the request does not fit the session that it names. */
function checkSession ({ engine, settings, shared: { version }, transport }: Verified, request: FastifyRequest, sid: string): void {
  engine.wheel.catchUp() // a session is over at its time, not a tick later
  const socket = engine.find(sid, `engine ${version}`)
  if (socket === undefined) {
    const previousProtocol = version === 3 ? 4 : 3
    if (engine.find(sid, `engine ${previousProtocol}`) === undefined) throw new RefusedRequest('unknown session', 'unknown session', { sid })
    throw new RefusedRequest('protocol mismatch', 'PROTOCOL_MISMATCH', { sid, protocol: version, previousProtocol })
  }
  const { transport: { name: previousTransport } } = socket
  const fits = isUpgrade(request) ? settings.allowUpgrades : transport === previousTransport
  if (!fits) throw new RefusedRequest('transport mismatch', 'TRANSPORT_MISMATCH', { sid, transport, previousTransport })
}

/** Every request names a session that it fits, or is a handshake that is let in. */
function verify (context: Verified): PreHandler {
  return function verifyRequest (request, _reply, done) {
    const { sid } = queryOf(request)
    if (sid) {
      checkSession(context, request, sid)
      return done()
    }
    if (request.method !== 'GET') throw new RefusedRequest('bad handshake method', 'a handshake is a GET', { method: request.method })
    const admitted = admit(context, request)
    const proceed = (admitted: Admitted): void => {
      request[ADMITTED] = admitted
      done()
    }
    if (admitted instanceof Promise) admitted.then(proceed, done)
    else proceed(admitted)
  }
}

interface Adding extends EngineIoContext {
  readonly route: AddRoute
  readonly constraints: Record<string, string>
  /** Options of GETs that are held open. */
  readonly longPollOptions: { handlerTimeout?: number }
}

function addPolling ({ route, constraints, longPollOptions, ...context }: Adding): void {
  const preHandler = [verify({ ...context, transport: 'polling' }), engineIoJsonp]
  route('', 'polling', {
    method: 'GET',
    constraints,
    preHandler,
    onSend: quoteJsonp,
    ...longPollOptions,
    handler: (request, reply) => handlePoll(context, request, reply)
  })
  route('', 'polling', {
    method: 'POST',
    constraints,
    bodyLimit: context.settings.maxPayload,
    onRequest: notePost(context.engine),
    preHandler,
    handler: (request, reply) => handlePost(context, request, reply)
  })
}

function addWebSocket ({ route, constraints, ...context }: Adding): void {
  const addUpgradeHeaders: PreHandler = (request, reply, done) => {
    addHeaders(context.engine, reply, !queryOf(request).sid)
    done()
  }
  const onlyUpgrades: PreHandler = (request, _reply, done) => {
    done(isUpgrade(request) ? undefined : new RefusedRequest('not an upgrade', 'not an upgrade'))
  }
  route('', 'websocket', {
    method: 'GET',
    constraints,
    preHandler: [onlyUpgrades, verify({ ...context, transport: 'websocket' }), addUpgradeHeaders],
    handler: () => {},
    wsHandler: webSocketHandler(context)
  })
}

interface Refusing {
  readonly route: AddRoute
  readonly constraints: Record<string, string>
  readonly reason: RefusalReason
  readonly detail: string
  readonly method?: string[]
}

function addRefusal ({ route, constraints, reason, detail, method = ['GET', 'POST', ...OTHERS] }: Refusing): void {
  route('', null, { method, constraints, preHandler: refuse(reason, detail), handler: () => {} })
}

/** The routes of one version and transport; where either is off, they refuse. */
function addTransport (adding: Adding, transport: typeof TRANSPORT_KEYS[number]): void {
  const { settings: { dialects, transports }, shared: { version } } = adding
  const dialect = `engine ${version}` as const
  if (!dialects.includes(dialect)) {
    addRefusal({ ...adding, reason: 'unsupported version', detail: `${dialect} is not among the dialects` })
  } else if (transport === 'unknown' || !transports.includes(transport)) {
    addRefusal({ ...adding, reason: 'unknown transport', detail: 'transport unknown or not enabled' })
  } else if (transport === 'polling') {
    addPolling(adding)
    addRefusal({ ...adding, reason: 'bad handshake method', detail: 'neither GET nor POST', method: OTHERS })
  } else {
    addWebSocket(adding)
    addRefusal({ ...adding, reason: 'bad handshake method', detail: 'not a GET', method: ['POST', ...OTHERS] })
  }
}

/** What the parser makes of a packet. @throws what it throws: it cannot be used then. */
const encodeConnect = (parser: ParserModule): unknown => new SocketioCodec(parser).encode({ type: PacketType.CONNECT, nsp: '/' })[0]

/** Adds every route of Engine.IO to the scope. */
export function registerEngineIo (scope: FastifyInstance, { upgrades, engine, settings, parser }: EngineIoRoutes): void {
  const { path, assumeEngine3, dialects, maxPayload, io } = settings
  const ofAll = { ...settings, parser, isMessagePack: parser !== undefined && isMessagePack(encodeConnect(parser)), isSocketio: (io ?? parser) !== undefined }
  const constrain = addGenerations(scope, assumeEngine3)
  for (const version of VERSIONS) {
    const route = routeAdder({ scope, upgrades, path, dialect: `engine ${version}`, schema: SCHEMA, maxPayload })
    const shared = { ...ofAll, version, memo: { text: undefined, frame: '' } }
    for (const transport of TRANSPORT_KEYS) {
      const constraints = constrain(`${version} ${transport}`)
      route('', null, { ...PREFLIGHT, constraints })
      addTransport({ engine, settings, shared, route, constraints, longPollOptions: longPollOptions(scope) }, transport)
    }
  }
  const route = routeAdder({ scope, upgrades, path, dialect: 'engine 4', schema: SCHEMA, maxPayload })
  const refuseAll = (refusing: Omit<Refusing, 'route'>): void => {
    route('', null, { ...PREFLIGHT, constraints: refusing.constraints })
    addRefusal({ route, ...refusing })
  }
  const detail = 'EIO is neither 4 nor 3; see the option assumeEngine3 for clients that send none'
  refuseAll({ constraints: constrain('unknown'), reason: 'unsupported version', detail })
  if (dialects.includes('revision 1')) return
  refuseAll({ constraints: {}, reason: 'unknown transport', detail: 'nothing of Engine.IO in the URL, and no revision 1' })
}
