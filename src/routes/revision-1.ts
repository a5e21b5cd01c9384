// The URLs of revision 1: /PATH/1/ (handshake) and /PATH/1/TRANSPORT/SID, each with or without a slash at the end.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { Revision1 } from '../dialects/revision-1.js'
import type { Engine } from '../engine.js'
import { RefusedRequest, REFUSALS } from '../errors.js'
import type { FaceShared } from '../faces/server.js'
import { MAX_TIME } from '../options.js'
import type { Settings } from '../options.js'
import type { TransportName } from '../transport.js'
import { TRANSPORTS } from '../transports/index.js'
import { createHandshake, welcome } from './handshake.js'
import { handshakeJsonp, pollJsonp, quoteJsonp } from './hooks.js'
import { forceDisconnect, takeGet, takePost, takeUpgrade } from './session.js'

/** What the routes of one registration share. */
export interface Revision1Context {
  readonly engine: Engine
  readonly settings: Settings
  readonly shared: FaceShared
}

type Done = (error?: Error) => void
type PreHandler = (request: FastifyRequest, reply: FastifyReply, done: Done) => void
type AddRoute = (url: string, transport: TransportName | null, options: Omit<RouteOptions, 'url'>) => void

interface Adding extends Revision1Context {
  readonly route: AddRoute
  /** Options of GETs that are held open. */
  readonly held: { handlerTimeout?: number }
}

/** One string, or several of a parameter that is given more than once: a page's query may use the same names. */
const FREE = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
const SCHEMA = {
  hide: true, // no part of the application's documented API
  querystring: { type: 'object', properties: { t: FREE, i: FREE, jsonp: FREE, disconnect: FREE }, additionalProperties: true },
  params: { type: 'object', properties: { protocol: { type: 'string' }, transport: { type: 'string' }, sid: { type: 'string' } } }
}

/** The host's options that matter here, wherever it has set them. */
function hostOptions ({ initialConfig }: FastifyInstance): { ignoreTrailingSlash?: boolean, handlerTimeout?: number } {
  return { ...initialConfig, ...initialConfig.routerOptions }
}

/** The revision is compared as a number: `1.0` is 1 (transcript handshake/version-1.0). */
const checkVersion: PreHandler = (request, _reply, done) => {
  const { protocol } = request.params as { protocol: string }
  done(Number(protocol) === 1 ? undefined : new RefusedRequest(REFUSALS.unsupportedVersion, 'unsupported revision', { protocol }))
}

const refuseTransport: PreHandler = (request, _reply, done) => {
  const { transport } = request.params as { transport: string }
  done(new RefusedRequest(REFUSALS.transportUnknown, 'transport unknown or not enabled', { transport }))
}

/** Answered in `onRequest`. */
const PREFLIGHT = { method: 'OPTIONS', handler: () => {} } as const

const refuseGet = (): never => { throw new RefusedRequest(REFUSALS.notAnUpgrade, 'not an upgrade') }

/** Adds a route below `path`, in the spellings that the host does not take for one. */
function routeAdder (scope: FastifyInstance, path: string): AddRoute {
  const endings = hostOptions(scope).ignoreTrailingSlash ? [''] : ['', '/']
  return function addRoute (url, transport, options) {
    for (const ending of endings) {
      scope.route({
        exposeHeadRoute: false, // a HEAD must not eat a poll
        schema: SCHEMA,
        config: { socketio: { transport, dialect: 'revision 1' } },
        ...options,
        url: path + url + ending
      })
    }
  }
}

function addTransport ({ engine, settings, route, held }: Adding, name: TransportName): void {
  const { maxPayload, pollingDuration } = settings
  const exchange = { engine, name, pollingDuration }
  const row = TRANSPORTS[name]
  const url = `/:protocol/${name}/:sid`
  const preHandler = [checkVersion, forceDisconnect(engine)]
  if (row.carrier === 'websocket') {
    route(url, name, { method: 'GET', preHandler, handler: refuseGet, wsHandler: takeUpgrade(exchange) })
    return
  }
  const jsonp = row.carrier === 'poll' && row.jsonp
  route(url, name, {
    method: 'GET',
    preHandler: jsonp ? [...preHandler, pollJsonp] : preHandler,
    ...(jsonp && { onSend: quoteJsonp }),
    ...(row.carrier === 'stream' && { compress: false }),
    ...held,
    handler: takeGet(exchange, row)
  })
  route(url, name, { method: 'POST', bodyLimit: maxPayload, preHandler, handler: takePost(exchange, row) })
}

function addHandshake ({ engine, settings, shared, route }: Adding): void {
  const handler = createHandshake(engine, settings, (socket) => new Revision1(socket, shared))
  const add = (url: string, preHandler: PreHandler[]): void => {
    route(url, null, { method: ['GET', 'POST'], preHandler, onSend: quoteJsonp, handler })
    route(url, null, PREFLIGHT)
  }
  for (const url of ['/:protocol', '/:protocol/:transport']) add(url, [handshakeJsonp])
  // Without these, `/1/xhr-polling/` would be a poll of a session without a name.
  for (const name of settings.transports) add(`/:protocol/${name}`, [handshakeJsonp, checkVersion])
}

/** Adds every route of revision 1 to the scope. */
export function registerRevision1 (scope: FastifyInstance, context: Revision1Context): void {
  const { engine, settings: { path, transports } } = context
  const route = routeAdder(scope, path)
  // The server's own would answer parked polls with 503 and end streams; without one, requests are spared the timer.
  const held = hostOptions(scope).handlerTimeout ? { handlerTimeout: MAX_TIME } : {}
  const adding = { ...context, route, held }
  for (const name of transports) {
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
