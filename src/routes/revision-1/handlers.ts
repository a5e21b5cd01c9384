// Handles requests of a session of revision 1: a GET is held open, a POST carries packets, an upgrade becomes a WebSocket, `?disconnect` ends the session.
import type { FastifyReply } from 'fastify'
import type { WebSocket } from 'ws'
import type { Refused } from '../../../types/cluster.js'
import { NOOP, UNKNOWN_SESSION } from '../../codec/revision-1.js'
import type { Engine } from '../../engine/engine.js'
import type { RefusalReason } from '../../errors.js'
import { carry, LOST } from '../../hosts/carry.js'
import type { Hosts } from '../../hosts/hosts.js'
import { moveSession, unknownSession } from '../../hosts/revision-1.js'
import { NO_LISTENER } from '../../session/transport.js'
import type { TransportListener } from '../../session/transport.js'
import type { TransportRow } from '../../transports/index.js'
import type { StreamTransport } from '../../transports/stream.js'
import { WebSocketTransport } from '../../transports/websocket.js'
import { adoptConnectionWhenClosed } from '../websocket/connection.js'
import type { Handler, Revision1Request, TransportContext } from './context.js'
import { holdPoll } from '../polls.js'
import { openStream } from '../replies.js'
import { addHeaders } from '../headers.js'
import { hasDisconnect } from '../query.js'
import { logRefusal } from '../refusal-lines.js'
import { toError, toSessionRequest } from '../session-request.js'
import { toWebSocketInit } from '../websocket/upgraded.js'

type PollRow = Extract<TransportRow, { kind: 'poll' }>
type StreamRow = Extract<TransportRow, { kind: 'stream' }>
type HttpRow = PollRow | StreamRow

/** The reasons for which a GET or WebSocket gets `7:::1+0`, which makes the client handshake anew (docs/revision-1.md, Transports). */
const isGone = (reason: RefusalReason): boolean => reason === 'unknown session' || LOST.has(reason)

/** Notes a request whose session does not exist, or is out of reach. */
function noteGone (engine: Engine, request: Revision1Request, { reason, detail }: Refused): void {
  const { sid } = request.params
  logRefusal(engine, request, { reason, detail, context: {}, sid, answer: UNKNOWN_SESSION })
  engine.refused({ request: request.raw, reason, detail, dialect: 'revision 1', sid, context: { sid } })
}

/** Makes a hook that ends the session if the query has `disconnect`. */
export function forceDisconnect (hosts: Hosts) {
  return function disconnect (request: Revision1Request, reply: FastifyReply, done: () => void): void {
    if (!hasDisconnect(request)) return done()
    const { sid } = request.params
    hosts.takes(sid).end(toSessionRequest(request, 'revision 1', 'xhr-polling'))
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
  return row.kind === 'poll' ? pollHandler(context, row) : streamHandler(context, row)
}

function pollHandler ({ engine, hosts, name }: TransportContext, { contentType }: PollRow): Handler {
  return function poll (request, reply) {
    if (request.raw.socket.destroyed) return // the client disconnected while the app's hooks ran; no event would report this any more
    const session = toSessionRequest(request, 'revision 1', name)
    const refuse = (refused: Refused): unknown => {
      if (!isGone(refused.reason)) return reply.send(toError(refused))
      noteGone(engine, request, refused)
      return reply.send(UNKNOWN_SESSION)
    }
    engine.requested(request.raw, session.sid, session.dialect, 'poll')
    reply.type(contentType)
    if (reply.raw.socket !== null) return holdPoll(hosts, session, reply, refuse)
    // The request is pipelined behind an answer that is not finished. Node would not report the end of the connection to it, so it cannot be parked.
    hosts.takes(session.sid).check(session, (refused) => refused === undefined ? reply.send(NOOP) : refuse(refused))
  }
}

function streamHandler ({ engine, hosts, name }: TransportContext, row: StreamRow): Handler {
  return function stream (request, reply) {
    if (request.raw.socket.destroyed) return
    const session = toSessionRequest(request, 'revision 1', name)
    engine.requested(request.raw, session.sid, session.dialect, 'stream')
    const format = row.format()
    const newTransport = (listener: TransportListener): StreamTransport => openStream({ engine, name, format }, reply, listener)
    reply.type(format.contentType).header('cache-control', 'no-store, no-transform').header('x-accel-buffering', 'no')
    const gone = (refused: Refused): void => noteGone(engine, request, refused)
    const host = hosts.takes(session.sid)
    if (host !== hosts.local) {
      const refuse = (transport: StreamTransport, refused: Refused): void => {
        gone(refused)
        transport.close(UNKNOWN_SESSION)
      }
      return carry({ hosts, host, session, newTransport, refuse })
    }
    if (moveSession(engine, session.sid, newTransport) !== undefined) return
    gone(unknownSession(session.sid))
    reply.send(format.prologue + format.encode(UNKNOWN_SESSION))
  }
}

/**
 * Makes the handler of POSTs. The answer is 200 `1`, whatever becomes of the packets, because the client gives up the transport for anything else. Only these
 * POSTs are refused: with too many packets, with packets that are not delivered because the server drains or closes, and those whose node is lost. The
 * refusal makes the client connect again (docs/revision-1.md, Transports).
 */
export function postHandler ({ engine, hosts, name }: TransportContext, row: HttpRow): Handler {
  return function post (request, reply) {
    const session = toSessionRequest(request, 'revision 1', name)
    engine.requested(request.raw, session.sid, session.dialect, 'post')
    const owner = hosts.takes(session.sid).post(session, row.decodeBody(String(request.body ?? '')), (refused) => {
      if (refused !== undefined && refused.reason !== 'unknown session') return reply.send(toError(refused))
      reply.type('text/plain; charset=UTF-8')
      engine.answers.write(() => reply.send('1'))
      return refused && noteGone(engine, request, refused)
    })
    if (owner !== undefined) reply.raw.once('close', () => owner.abandon())
  }
}

/** Makes the handler of WebSockets, which moves the session to the WebSocket. */
export function webSocketHandler ({ engine, hosts, name, settings: { farewellTimeout } }: TransportContext) {
  return function upgrade (socket: WebSocket, request: Revision1Request): void {
    const { wheel } = engine
    const { sid } = request.params
    const newTransport = (listener: TransportListener) => new WebSocketTransport({ name, listener, wheel, farewellTimeout, ...toWebSocketInit(socket, request) })
    // The upgrade is accepted, because the client must read `7:::1+0` to handshake anew (docs/revision-1.md, Transports).
    const refuse = (transport: WebSocketTransport, refused: Refused): void => {
      noteGone(engine, request, refused)
      if (LOST.has(refused.reason)) transport.close(undefined, 'server closing')
      else transport.close(UNKNOWN_SESSION)
    }
    engine.requested(request.raw, sid, 'revision 1', 'websocket')
    const host = hosts.takes(sid)
    if (host !== hosts.local) return carry({ hosts, host, session: toSessionRequest(request, 'revision 1', name), newTransport, refuse })
    const session = moveSession(engine, sid, newTransport)
    if (session === undefined) refuse(newTransport(NO_LISTENER), unknownSession(sid))
    else adoptConnectionWhenClosed(engine, session)
  }
}
