// Handles requests of Engine.IO: handshakes, polls and upgrades to WebSockets. POSTs are in data.ts.
import type { FastifyReply } from 'fastify'
import type { WebSocket } from 'ws'
import type { Refused } from '../../../types/cluster.js'
import { toText, TYPE } from '../../codec/engine-io.js'
import type { EngineVersion } from '../../codec/engine-io.js'
import { engine4 } from '../../codec/engine-io-4.js'
import { Engine3Payloads } from '../../codec/engine-io-3.js'
import type { PayloadCodec } from '../../codec/packet.js'
import { fromByteString, toByteString } from '../../codec/text.js'
import { EngineIo } from '../../dialects/engine-io/engine-io.js'
import { RefusedRequest } from '../../errors.js'
import type { RefusalReason } from '../../errors.js'
import { AcceptedPoll } from '../../hosts/accepted-poll.js'
import { carry, LOST } from '../../hosts/carry.js'
import { NO_UPGRADE, startUpgrade } from '../../hosts/engine-io.js'
import type { Session } from '../../session/session.js'
import { NO_LISTENER } from '../../session/transport.js'
import type { TransportListener } from '../../session/transport.js'
import { CONTENT_TYPES } from '../../transports/index.js'
import { PollingTransport } from '../../transports/polling.js'
import { WebSocketTransport } from '../../transports/websocket.js'
import type { Translation } from '../../transports/websocket.js'
import type { EngineIoContext, EngineIoRequest } from './context.js'
import { addressOf } from '../address.js'
import { ADMITTED } from '../admission.js'
import { adoptConnectionWhenClosed } from '../websocket/connection.js'
import { holdOwnPoll, holdPoll } from '../polls.js'
import { addHeaders, allowMarkup, setCookie } from '../headers.js'
import { JSONP } from '../hooks.js'
import { lastOf, sessionIdOf } from '../query.js'
import { toError, toSessionRequest } from '../session-request.js'
import { toWebSocketInit } from '../websocket/upgraded.js'

/** Returns whether the client accepts only text: its query has `b64`, or `j` because it polls with scripts. */
const takesText = (request: EngineIoRequest): boolean => Boolean(lastOf(request, 'b64')) || lastOf(request, 'j') !== undefined

/** Returns whether it is a client that writes text as byte strings: EIO 2 (docs/engine-3-payloads.md). */
const writesBytes = (request: EngineIoRequest): boolean => lastOf(request, 'EIO') === '2'

/** Returns whether it is a client 1.0 to 1.3. These write the time in `t` in milliseconds; later ones encode it (docs/engine-3-payloads.md). */
const isEarly = (request: EngineIoRequest): boolean => writesBytes(request) || /^\d{13}-\d+$/.test(lastOf(request, 't') ?? '')

function payloadsOf (version: EngineVersion, request: EngineIoRequest): PayloadCodec {
  return version === 4 ? engine4 : new Engine3Payloads({ binary: !takesText(request), early: isEarly(request) })
}

/**
 * Returns the translation of WebSocket messages for a client that accepts only text, or that writes text as byte strings (EIO 2; docs/engine-3-payloads.md).
 * Undefined for all other clients.
 */
function translationOf (version: EngineVersion, request: EngineIoRequest): Translation | undefined {
  const bytes = writesBytes(request)
  const onlyText = takesText(request)
  if (!bytes && !onlyText) return undefined
  return {
    encode: (frame) => {
      if (typeof frame !== 'string' && !onlyText) return frame
      const text = toText(frame, version)
      return bytes ? toByteString(text) : text
    },
    decode: (text) => bytes ? fromByteString(text) ?? text : text
  }
}

/** The transports to which a session may move. Shared, because sessions keep them. */
const NO_UPGRADES: readonly string[] = []
const TO_WEBSOCKET: readonly string[] = ['websocket']

function open ({ engine, shared }: EngineIoContext, request: EngineIoRequest, upgrades: readonly string[]): Session {
  const admitted = request[ADMITTED]
  if (admitted === undefined) throw new RefusedRequest('unauthorized', 'the handshake was not admitted')
  const { id, context, slot, since } = admitted
  return engine.handshake({
    id,
    context,
    slot,
    since,
    request: request.raw,
    remoteAddress: addressOf(request),
    dialect: (self) => new EngineIo(self, shared, upgrades)
  })
}

function newPolling ({ engine: { wheel, answers }, shared }: EngineIoContext, listener: TransportListener, request: EngineIoRequest): PollingTransport {
  return new PollingTransport({
    name: 'polling',
    listener,
    codec: payloadsOf(shared.version, request),
    wheel,
    pollingDuration: undefined, // heartbeats answer polls often enough
    noop: TYPE.noop,
    breaksSession: true,
    answers
  })
}

/** Opens a session for a GET without `sid`. This GET is the first poll: its answer contains the open packet. */
function handleHandshake (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { engine, settings: { allowUpgrades, transports, cookie } } = context
  addHeaders(engine, reply, true) // before the session opens: if a listener throws, there is no session
  const session = open(context, request, allowUpgrades && transports.includes('websocket') ? TO_WEBSOCKET : NO_UPGRADES)
  const transport = newPolling(context, session, request)
  if (cookie !== false) setCookie(reply, cookie, session.id)
  engine.requested(request.raw, session.id, session.dialect.name, 'poll')
  engine.attach(session, transport)
  holdOwnPoll(engine, reply, (poll) => new AcceptedPoll(transport, poll), (refused) => { reply.send(toError(refused)) })
}

/** Handles a GET: a handshake, or a poll, which waits for a packet. */
export function handlePoll (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { engine, hosts, shared: { version } } = context
  reply.type(request[JSONP] === undefined ? CONTENT_TYPES.text : CONTENT_TYPES.script)
  allowMarkup(reply)
  if (request.raw.socket.destroyed) return // the client disconnected while the app's hooks ran; no event would report this any more
  const session = toSessionRequest(request, `engine ${version}`, 'polling')
  if (session.sid === '') return handleHandshake(context, request, reply)
  addHeaders(engine, reply, false)
  engine.requested(request.raw, session.sid, session.dialect, 'poll')
  const refuse = (refused: Refused): void => { reply.send(toError(refused)) }
  if (reply.raw.socket !== null) return holdPoll(hosts, session, reply, refuse)
  // The request is pipelined behind an answer that is not finished. Node would not report the end of the connection to it, so it cannot be parked.
  hosts.takes(session.sid).check(session, (refused) => refused === undefined ? reply.send(payloadsOf(version, request).encodePayload([TYPE.noop])) : refuse(refused))
}

/** Makes the handler of WebSockets. A WebSocket without `sid` opens a session. One with `sid` starts an upgrade of that session. */
export function webSocketHandler (context: EngineIoContext) {
  const { engine, engine: { wheel }, hosts, settings: { farewellTimeout }, shared: { version } } = context
  const name = 'websocket'
  /** Notes an upgrade that is accepted and closed at once. */
  const noteClosed = (request: EngineIoRequest, sid: string, reason: RefusalReason, detail: string): void => {
    if (engine.refusals.take(reason)) engine.log.info({ reqId: request.id, sid: engine.showId(sid), reason }, `upgrade closed: ${detail}`)
  }
  return function upgrade (socket: WebSocket, request: EngineIoRequest): void {
    const sid = sessionIdOf(request, `engine ${version}`)
    const translation = translationOf(version, request)
    const newTransport = (listener: TransportListener) => new WebSocketTransport({ name, listener, wheel, farewellTimeout, ...toWebSocketInit(socket, request), ...(translation && { translation }) })
    if (sid === '') {
      const session = open(context, request, NO_UPGRADES)
      engine.requested(request.raw, session.id, session.dialect.name, name)
      return engine.attach(session, newTransport(session))
    }
    const host = hosts.takes(sid)
    if (host !== hosts.local) {
      const refuse = (transport: WebSocketTransport, { reason, detail }: Refused): void => {
        noteClosed(request, sid, reason, detail)
        transport.close(undefined, LOST.has(reason) ? 'server closing' : undefined)
      }
      return carry({ hosts, host, session: toSessionRequest(request, `engine ${version}`, name), newTransport, refuse })
    }
    engine.requested(request.raw, sid, `engine ${version}`, 'upgrade')
    if (startUpgrade(context, sid, newTransport, (session) => adoptConnectionWhenClosed(engine, session))) return
    noteClosed(request, sid, 'unknown session', NO_UPGRADE)
    newTransport(NO_LISTENER).close()
  }
}
