// The URLs of revision 1: /PATH/1/ (handshake) and /PATH/1/TRANSPORT/SID, each with or without a slash at the end.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { WebSocket } from 'ws'
import { ProtocolError } from '../codec/packet.js'
import { DISCONNECT, revision1, UNKNOWN_SESSION } from '../codec/revision-1.js'
import { Revision1 } from '../dialects/revision-1.js'
import type { Revision1Shared } from '../dialects/revision-1.js'
import type { Engine } from '../engine.js'
import { RefusedRequest, REFUSALS } from '../errors.js'
import type { Settings } from '../options.js'
import type { Socket } from '../socket.js'
import type { TransportName } from '../transport.js'
import { TRANSPORTS } from '../transports/index.js'
import type { TransportRow } from '../transports/index.js'
import { WebSocketTransport } from '../transports/websocket.js'
import { acceptPoll, openStream, pollingTransport } from './exchange.js'
import { handshakeJsonp, hasDisconnect, pollJsonp, quoteJsonp } from './hooks.js'
import { createHandshake } from './handshake.js'

export interface Revision1Context {
  engine: Engine
  settings: Settings
  shared: Revision1Shared
}

/** The longest time that setTimeout knows. */
const MAX_TIME = 2 ** 31 - 1

/** What matters here of the host's options, wherever it has set them. */
interface HostOptions { ignoreTrailingSlash?: boolean, handlerTimeout?: number }
interface Params { protocol: string, transport?: string, sid: string }
type Done = (error?: Error) => void

const paramsOf = (request: FastifyRequest): Params => request.params as Params

/** One string, or several of a parameter that is given more than once: a page's query may use the same names. */
const FREE = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }
const SCHEMA = {
  hide: true, // no part of the application's documented API
  querystring: { type: 'object', properties: { t: FREE, i: FREE, jsonp: FREE, disconnect: FREE }, additionalProperties: true },
  params: { type: 'object', properties: { protocol: { type: 'string' }, transport: { type: 'string' }, sid: { type: 'string' } } }
}

/** The revision is compared as a number: `1.0` is 1 (transcript handshake/version-1.0). */
function checkVersion (request: FastifyRequest, _reply: FastifyReply, done: Done): void {
  const { protocol } = paramsOf(request)
  done(Number(protocol) === 1 ? undefined : new RefusedRequest(REFUSALS.unsupportedVersion, 'unsupported revision', { protocol }))
}

export function registerRevision1 (scope: FastifyInstance, context: Revision1Context): void {
  const { engine, settings, shared } = context
  const { path, transports, maxPayload, pollingDuration } = settings
  const { ignoreTrailingSlash, handlerTimeout = 0 } = { ...scope.initialConfig, ...scope.initialConfig.routerOptions } as HostOptions
  const hasHandlerTimeout = handlerTimeout > 0

  /** The one place where a session id becomes a session. */
  const sessionOf = (request: FastifyRequest): Socket | undefined => engine.sessions.get(paramsOf(request).sid)

  function unknownSession (request: FastifyRequest): void {
    request.log.info({ sid: paramsOf(request).sid }, 'unknown session')
    engine.refused(request.raw, 1, { sid: paramsOf(request).sid })
  }

  /** `?disconnect`, on any URL that names a session, ends it, whether something is open or not (WIRE.md 8). */
  function forceDisconnect (request: FastifyRequest, reply: FastifyReply, done: Done): void {
    if (!hasDisconnect(request)) return done()
    sessionOf(request)?.end('transport close', DISCONNECT)
    reply.send('')
  }

  function route (url: string, transport: TransportName | null, options: Omit<RouteOptions, 'url'>): void {
    for (const spelling of ignoreTrailingSlash ? [url] : [url, `${url}/`]) {
      scope.route({
        exposeHeadRoute: false, // a HEAD must not eat a poll
        schema: SCHEMA,
        config: { socketio: { transport, dialect: 'revision 1' } },
        ...options,
        url: path + spelling
      })
    }
  }

  // ---- transports

  function takePayload (request: FastifyRequest, name: TransportName, row: TransportRow): void {
    const socket = sessionOf(request)
    if (socket === undefined) return unknownSession(request)
    let frames: string[] = []
    try {
      frames = revision1.decodePayload(row.decodeBody((request.body as string | undefined) ?? ''))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      request.log.debug({ sid: socket.id, reason: error.message }, 'payload dropped')
    }
    // Whatever comes first connects the session; nothing said then is lost (WIRE.md 7).
    if (socket.readyState === 'opening') pollingTransport(engine, socket, name, pollingDuration)
    for (const frame of frames) socket.onFrame(frame)
  }

  /** Always 200 `1`, and before the packets are processed: the client gives up its transport on anything else. */
  function post (name: TransportName, row: TransportRow) {
    return (request: FastifyRequest, reply: FastifyReply): void => {
      reply.type('text/plain; charset=UTF-8').send('1')
      takePayload(request, name, row)
    }
  }

  function get (name: TransportName, row: Exclude<TransportRow, { carrier: 'websocket' }>) {
    return (request: FastifyRequest, reply: FastifyReply): void => {
      const socket = sessionOf(request)
      if (socket === undefined) unknownSession(request)
      if (row.carrier === 'poll') {
        reply.type(row.contentType)
        if (socket === undefined) reply.send(UNKNOWN_SESSION)
        else acceptPoll(engine, pollingTransport(engine, socket, name, pollingDuration), reply)
      } else {
        const format = row.format()
        reply.type(format.contentType).header('cache-control', 'no-store, no-transform').header('x-accel-buffering', 'no')
        if (socket === undefined) reply.send(format.prologue + format.encode(UNKNOWN_SESSION))
        else openStream(engine, socket, name, format, reply)
      }
    }
  }

  function upgrade (name: TransportName) {
    return (socket: WebSocket, request: FastifyRequest): void => {
      const session = sessionOf(request)
      if (session !== undefined) {
        engine.attach(session, new WebSocketTransport({ name, listener: session, socket, wheel: engine.wheel }))
        return
      }
      // The upgrade succeeds, for only then is the client told to handshake anew (WIRE.md 5).
      unknownSession(request)
      socket.on('error', () => {})
      socket.send(UNKNOWN_SESSION)
      closeSoon(socket)
    }
  }

  function closeSoon (socket: WebSocket): void {
    const grace = engine.wheel.timer(() => socket.terminate())
    socket.on('close', () => grace.stop())
    grace.start(1000)
    socket.close()
  }

  const preHandler = [checkVersion, forceDisconnect]
  for (const name of transports) {
    const row = TRANSPORTS[name]
    const url = `/:protocol/${name}/:sid`
    if (row.carrier === 'websocket') {
      const handler = (): never => { throw new RefusedRequest(REFUSALS.notAnUpgrade, 'not an upgrade') }
      route(url, name, { method: 'GET', preHandler, handler, wsHandler: upgrade(name) })
    } else {
      const jsonp = row.carrier === 'poll' && row.jsonp
      route(url, name, {
        method: 'GET',
        preHandler: jsonp ? [...preHandler, pollJsonp] : preHandler,
        ...(jsonp && { onSend: quoteJsonp }),
        ...(row.carrier === 'stream' && { compress: false }),
        // The server's own would answer parked polls with 503 and end streams; without one, requests are spared the timer.
        ...(hasHandlerTimeout && { handlerTimeout: MAX_TIME }),
        handler: get(name, row)
      })
      route(url, name, { method: 'POST', bodyLimit: maxPayload, preHandler, handler: post(name, row) })
    }
    route(url, name, { method: 'OPTIONS', handler: () => {} })
  }

  // ---- everything else below the path

  function refuseTransport (request: FastifyRequest, _reply: FastifyReply, done: Done): void {
    const { transport } = paramsOf(request)
    done(new RefusedRequest(REFUSALS.transportUnknown, 'transport unknown or not enabled', { transport }))
  }
  route('/:protocol/:transport/:sid', null, {
    method: ['GET', 'POST'],
    preHandler: [checkVersion, forceDisconnect, refuseTransport],
    handler: () => {}
  })

  const handshake = createHandshake(engine, settings, (socket) => new Revision1(socket, shared))
  function handshakeRoute (url: string, preHandler: typeof checkVersion[]): void {
    route(url, null, { method: ['GET', 'POST'], preHandler, onSend: quoteJsonp, handler: handshake })
    route(url, null, { method: 'OPTIONS', handler: () => {} })
  }
  for (const url of ['/:protocol', '/:protocol/:transport']) handshakeRoute(url, [handshakeJsonp])
  // Without these, `/1/xhr-polling/` would be a poll of a session without a name.
  for (const name of transports) handshakeRoute(`/:protocol/${name}`, [handshakeJsonp, checkVersion])
  const welcome = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => reply.type('text/plain').send('Welcome to socket.io.')
  route('', null, { method: 'GET', handler: welcome })
  const config = { socketio: { transport: null, dialect: 'revision 1' } } as const
  scope.get(`${path}/*`, { exposeHeadRoute: false, schema: { hide: true } as object, config }, welcome)
}
