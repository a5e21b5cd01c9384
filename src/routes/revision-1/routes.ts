// The URLs of revision 1: /PATH/1/ (handshake) and /PATH/1/TRANSPORT/SID, each with or without a slash at the end.
import type { FastifyInstance, RouteOptions } from 'fastify'
import { HEARTBEAT } from '../../codec/revision-1.js'
import { Revision1 } from '../../dialects/revision-1/revision-1.js'
import type { Revision1Shared } from '../../dialects/revision-1/revision-1.js'
import type { Engine } from '../../engine/engine.js'
import { RefusedRequest } from '../../errors.js'
import type { Settings } from '../../options.js'
import { isRevision1, TRANSPORTS } from '../../transports/index.js'
import type { Revision1Transport } from '../../transports/index.js'
import { longPollOptions, PREFLIGHT, routeAdder } from '../rows.js'
import type { AddRoute, PreHandler } from '../rows.js'
import { createHandshake, welcome } from './handshake.js'
import { handshakeJsonp, pollJsonp, quoteJsonp } from '../hooks.js'
import { notePost } from '../posts-under-way.js'
import { headersHook, forceDisconnect, getHandler, postHandler, webSocketHandler } from './handlers.js'

/** What the routes of one registration share. */
export interface Revision1Context {
  /** Gets the routes that take WebSockets. */
  readonly upgrades: RouteOptions[]
  readonly engine: Engine
  readonly settings: Settings
  readonly shared: Revision1Shared
}

interface Adding extends Revision1Context {
  readonly route: AddRoute
  readonly offered: readonly Revision1Transport[]
  /** Options of GETs that are held open. */
  readonly longPollOptions: { handlerTimeout?: number }
}

/** One string, or several of a parameter that is given more than once: a page's query may use the same names. */
const FREE = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
const SCHEMA = {
  querystring: { type: 'object', properties: { t: FREE, i: FREE, jsonp: FREE, disconnect: FREE }, additionalProperties: true },
  params: { type: 'object', properties: { protocol: { type: 'string' }, transport: { type: 'string' }, sid: { type: 'string' } } }
}

/** The revision is compared as a number: `1.0` is 1 (transcript handshake/version-1.0). */
const checkVersion: PreHandler = (request, _reply, done) => {
  const { protocol } = request.params as { protocol: string }
  done(Number(protocol) === 1 ? undefined : new RefusedRequest('unsupported version', 'unsupported revision', { protocol }))
}

const refuseTransport: PreHandler = (request, _reply, done) => {
  const { transport } = request.params as { transport: string }
  done(new RefusedRequest('unknown transport', 'transport unknown or not enabled', { transport }))
}

const refuseGet = (): never => { throw new RefusedRequest('not an upgrade', 'not an upgrade') }

function addTransport ({ engine, settings, route, longPollOptions }: Adding, name: Revision1Transport): void {
  const { maxPayload, maxPackets, pollingDuration, farewellTimeout } = settings
  const transportRoute = { engine, name, pollingDuration, maxPackets, farewellTimeout }
  const row = TRANSPORTS[name]
  const url = `/:protocol/${name}/:sid`
  const preHandler = [checkVersion, forceDisconnect(engine), headersHook(engine)]
  if (row.kind === 'websocket') {
    route(url, name, { method: 'GET', preHandler, handler: refuseGet, wsHandler: webSocketHandler(transportRoute) })
    return
  }
  const jsonp = row.kind === 'poll' && row.jsonp
  route(url, name, {
    method: 'GET',
    preHandler: jsonp ? [...preHandler, pollJsonp] : preHandler,
    ...(jsonp && { onSend: quoteJsonp }),
    ...(row.kind === 'stream' && { compress: false }),
    ...longPollOptions,
    handler: getHandler(transportRoute, row)
  })
  route(url, name, { method: 'POST', bodyLimit: maxPayload, onRequest: notePost(engine), preHandler, handler: postHandler(transportRoute, row) })
}

function addHandshake ({ engine, settings, shared, route, offered }: Adding): void {
  const { heartbeatInterval: interval, heartbeatTimeout: timeout } = settings
  const heartbeat = { frame: HEARTBEAT, interval, timeout, onPolls: false }
  const handler = createHandshake(engine, settings, (socket) => new Revision1(socket, shared, heartbeat))
  const add = (url: string, preHandler: PreHandler[]): void => {
    route(url, null, { method: ['GET', 'POST'], preHandler, onSend: quoteJsonp, handler })
    route(url, null, PREFLIGHT)
  }
  for (const url of ['/:protocol', '/:protocol/:transport']) add(url, [handshakeJsonp])
  // Without these, `/1/xhr-polling/` would be a poll of a session without a name.
  for (const name of offered) add(`/:protocol/${name}`, [handshakeJsonp, checkVersion])
}

/** Adds every route of revision 1 to the scope. */
export function registerRevision1 (scope: FastifyInstance, context: Revision1Context): void {
  const { engine, upgrades, settings: { path, transports, maxPayload } } = context
  const route = routeAdder({ scope, upgrades, path, dialect: 'revision 1', schema: SCHEMA, maxPayload })
  const offered = transports.filter(isRevision1)
  const adding = { ...context, route, offered, longPollOptions: longPollOptions(scope) }
  for (const name of offered) {
    addTransport(adding, name)
    route(`/:protocol/${name}/:sid`, name, PREFLIGHT)
  }
  // Everything else below the path.
  route('/:protocol/:transport/:sid', null, {
    method: ['GET', 'POST'],
    preHandler: [checkVersion, forceDisconnect(engine), refuseTransport],
    handler: () => {}
  })
  addHandshake(adding)
  route('', null, { method: 'GET', handler: welcome })
  const config = { socketio: { transport: null, dialect: 'revision 1' } } as const
  scope.get(`${path}/*`, { exposeHeadRoute: false, schema: { hide: true } as object, config }, welcome)
}
