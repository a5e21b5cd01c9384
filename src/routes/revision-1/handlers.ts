// What a request of a session does: GETs are held open, POSTs bring packets, upgrades become WebSockets, `?disconnect` ends it.
import type { FastifyReply } from 'fastify'
import type { WebSocket } from 'ws'
import { ProtocolError, TooManyPacketsError } from '../../codec/packet.js'
import { DISCONNECT, NOOP, revision1, UNKNOWN_SESSION } from '../../codec/revision-1.js'
import type { Engine } from '../../engine/engine.js'
import { RefusedRequest } from '../../errors.js'
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

/** The session that the request names, if it is one of revision 1. */
function findSession (engine: Engine, request: Revision1Request): Session | undefined {
  return engine.find(request.params.sid, 'revision 1')
}

/** The same for requests that are answered: a client that has been told to go is not. */
function answeredSession (engine: Engine, request: Revision1Request): Session | undefined {
  const session = findSession(engine, request)
  return session?.parting === true ? undefined : session
}

/** What takes the session's polls under this name. It is made if the session has another transport. */
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
  request.log.info({ sid: cut(sid), reason: 'unknown session' }, 'unknown session')
  engine.refused(request.raw, 'unknown session', { sid })
}

/** `?disconnect` on any URL with a session id ends the session, also when the client holds nothing open (docs/revision-1.md, The end of a session). */
export function forceDisconnect (engine: Engine) {
  return function disconnect (request: Revision1Request, reply: FastifyReply, done: () => void): void {
    if (!hasDisconnect(request)) return done()
    findSession(engine, request)?.end('client left', DISCONNECT)
    reply.send('')
  }
}

/** Lets listeners of the Engine add headers. */
export function headersHook (engine: Engine) {
  return function announceHeaders (_request: Revision1Request, reply: FastifyReply, done: () => void): void {
    addHeaders(engine, reply, false)
    done()
  }
}

/** A GET is a poll or opens a stream. */
export function getHandler (context: TransportContext, row: HttpRow): Handler {
  const { engine } = context
  return function get (request, reply) {
    if (request.raw.socket.destroyed) return // given up while the app's hooks ran; nothing would tell us of it any more
    const session = answeredSession(engine, request)
    if (session === undefined) unknownSession(engine, request)
    if (row.kind === 'poll') {
      reply.type(row.contentType)
      if (session === undefined) reply.send(UNKNOWN_SESSION)
      // Pipelined behind an answer that is still under way: Node would not tell it of the end of the connection.
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

/** The frames of a POST; none when its framing is broken. @throws RefusedRequest when there are too many, as when it is too large. */
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

/** The packets of a client that has been told to go. */
function handleLastPackets (engine: Engine, frames: readonly string[], session: Session, reply: FastifyReply): void {
  let delivered = true
  for (const frame of frames) delivered = session.onFrame(frame) && delivered
  if (!delivered) throw engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', session.id)
  engine.answers.write(() => reply.send('1'))
}

/**
 * A POST brings packets. It is answered 200 `1` in any case and before they are processed: for anything else the client gives up. That is what it is
 * to do when the server goes and they are not heard.
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

/** An upgrade moves the session to a WebSocket. */
export function webSocketHandler ({ engine, name, settings: { farewellTimeout } }: TransportContext) {
  return function upgrade (socket: WebSocket, request: Revision1Request): void {
    const { wheel } = engine
    const session = answeredSession(engine, request)
    const transport = (listener: TransportListener) => new WebSocketTransport({ name, listener, wheel, farewellTimeout, ...toWebSocketInit(socket, request) })
    if (session !== undefined) {
      engine.attach(session, transport(session))
      return adoptConnectionWhenClosed(engine, session)
    }
    // The upgrade is accepted, because the client must read `7:::1+0` to handshake anew (docs/revision-1.md, Transports).
    unknownSession(engine, request)
    transport(NO_LISTENER).close(UNKNOWN_SESSION)
  }
}
