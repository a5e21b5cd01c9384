// Handles requests of a session of revision 1: a GET is held open, a POST carries packets, an upgrade becomes a WebSocket, `?disconnect` ends the session.
import type { FastifyReply } from 'fastify'
import type { WebSocket } from 'ws'
import { ProtocolError, TooManyPacketsError } from '../../codec/packet.js'
import { DISCONNECT, NOOP, revision1, UNKNOWN_SESSION } from '../../codec/revision-1.js'
import type { Engine } from '../../engine/engine.js'
import { NO_SESSION, RefusedRequest } from '../../errors.js'
import type { Session } from '../../session/session.js'
import { NO_LISTENER } from '../../session/transport.js'
import type { Polls, TransportListener } from '../../session/transport.js'
import type { TransportRow } from '../../transports/index.js'
import { PollingTransport } from '../../transports/polling.js'
import { WebSocketTransport } from '../../transports/websocket.js'
import { adoptConnectionWhenClosed } from '../websocket/connection.js'
import type { Handler, Revision1Request, TransportContext } from './context.js'
import { acceptPoll, openStream } from '../replies.js'
import { addHeaders } from '../headers.js'
import { cut } from '../log.js'
import { hasDisconnect } from '../query.js'
import { toWebSocketInit } from '../websocket/upgraded.js'

type HttpRow = Exclude<TransportRow, { kind: 'websocket' }>

/** Returns the session that a request names, if it is a session of revision 1. */
function findSession (engine: Engine, request: Revision1Request): Session | undefined {
  return engine.find(request.params.sid, 'revision 1')
}

/** Returns the session that a request names, unless its client has been told to leave: then the request is answered as if the session were unknown. */
function answeredSession (engine: Engine, request: Revision1Request): Session | undefined {
  const session = findSession(engine, request)
  return session?.parting === true ? undefined : session
}

/** Returns the polling transport of a session. If the session has a transport of another name, it moves to a new polling transport. */
function pollsOf ({ engine, name, settings: { pollingDuration } }: TransportContext, session: Session): Polls {
  const { transport: { polls, name: current } } = session
  if (polls !== undefined && current === name) return polls
  const { wheel } = engine
  const transport = new PollingTransport({
    name,
    listener: session,
    codec: revision1,
    wheel,
    pollingDuration,
    noop: NOOP,
    breaksSession: false,
    answers: undefined
  })
  engine.attach(session, transport)
  return transport
}

function unknownSession (engine: Engine, request: Revision1Request): void {
  const sid = request.params.sid
  request.log.info({ reason: 'unknown session', detail: NO_SESSION, sid: cut(sid) }, 'unknown session')
  engine.refused(request.raw, 'unknown session', { sid })
}

/** Makes a hook that ends the session if the query has `disconnect`, also when the client holds nothing open (docs/revision-1.md, The end of a session). */
export function forceDisconnect (engine: Engine) {
  return function disconnect (request: Revision1Request, reply: FastifyReply, done: () => void): void {
    if (!hasDisconnect(request)) return done()
    findSession(engine, request)?.end('client left', DISCONNECT)
    reply.send('')
  }
}

/** Makes a hook in which listeners of the Engine add headers. */
export function headersHook (engine: Engine) {
  return function addEngineHeaders (_request: Revision1Request, reply: FastifyReply, done: () => void): void {
    addHeaders(engine, reply, false)
    done()
  }
}

/** Makes the handler of GETs. A GET is a poll, or opens a stream. */
export function getHandler (context: TransportContext, row: HttpRow): Handler {
  const { engine } = context
  return function get (request, reply) {
    if (request.raw.socket.destroyed) return // the client disconnected while the app's hooks ran; no event would report this any more
    const session = answeredSession(engine, request)
    if (session === undefined) unknownSession(engine, request)
    if (row.kind === 'poll') {
      reply.type(row.contentType)
      if (session === undefined) reply.send(UNKNOWN_SESSION)
      // The request is pipelined behind an answer that is not finished. Node would not report the end of the connection to it, so it cannot be parked.
      else if (reply.raw.socket === null) reply.send(NOOP)
      else acceptPoll(engine, pollsOf(context, session), reply)
      return
    }
    const format = row.format()
    reply.type(format.contentType).header('cache-control', 'no-store, no-transform').header('x-accel-buffering', 'no')
    if (session === undefined) reply.send(format.prologue + format.encode(UNKNOWN_SESSION))
    else openStream({ engine, name: context.name, session, format }, reply)
  }
}

/** Decodes the frames of a POST; none if their framing is invalid. @throws RefusedRequest if there are more than `maxPackets`: 413, as for a large body. */
function framesOf (request: Revision1Request, row: HttpRow, maxPackets: number): string[] {
  try {
    return revision1.decodePayload(row.decodeBody(String(request.body ?? '')), maxPackets)
  } catch (error) {
    if (error instanceof TooManyPacketsError) throw new RefusedRequest('too many packets', error.message, { sid: request.params.sid })
    if (!(error instanceof ProtocolError)) throw error
    request.log.debug({ sid: request.params.sid, reason: error.message }, 'payload dropped')
    return []
  }
}

/** Delivers the packets of a client that has been told to leave. @throws RefusedRequest if one of them was not delivered. */
function handleLastPackets (engine: Engine, frames: readonly string[], session: Session, reply: FastifyReply): void {
  let delivered = true
  for (const frame of frames) delivered = session.onFrame(frame) && delivered
  if (!delivered) throw engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', session.id)
  engine.answers.write(() => reply.send('1'))
}

/**
 * Makes the handler of POSTs. The answer is 200 `1`, whatever becomes of the packets, because the client gives up the transport for anything else. It is queued
 * before the packets are processed. Only two kinds of POSTs are refused: with too many packets, and with packets that are not delivered because the server
 * drains or closes. The second refusal makes the client connect again (docs/revision-1.md, Transports).
 */
export function postHandler (context: TransportContext, row: HttpRow): Handler {
  const { engine, settings: { maxPackets } } = context
  return function post (request, reply) {
    const session = findSession(engine, request)
    if (session === undefined && engine.draining) throw engine.refusal('the session has ended', request.params.sid)
    const frames = session === undefined ? [] : framesOf(request, row, maxPackets)
    reply.type('text/plain; charset=UTF-8')
    if (session?.parting === true) return handleLastPackets(engine, frames, session, reply)
    engine.answers.write(() => reply.send('1'))
    if (session === undefined) return unknownSession(engine, request)
    // The first request opens the session, also a POST, and its packets are delivered (docs/revision-1.md, Transports).
    if (session.readyState === 'opening') pollsOf(context, session)
    for (const frame of frames) session.onFrame(frame)
  }
}

/** Makes the handler of WebSockets, which moves the session to the WebSocket. */
export function webSocketHandler ({ engine, name, settings: { farewellTimeout } }: TransportContext) {
  return function upgrade (socket: WebSocket, request: Revision1Request): void {
    const { wheel } = engine
    const session = answeredSession(engine, request)
    const newTransport = (listener: TransportListener) => new WebSocketTransport({ name, listener, wheel, farewellTimeout, ...toWebSocketInit(socket, request) })
    if (session !== undefined) {
      engine.attach(session, newTransport(session))
      return adoptConnectionWhenClosed(engine, session)
    }
    // The upgrade is accepted, because the client must read `7:::1+0` to handshake anew (docs/revision-1.md, Transports).
    unknownSession(engine, request)
    newTransport(NO_LISTENER).close(UNKNOWN_SESSION)
  }
}
