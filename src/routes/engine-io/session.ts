// What a request of Engine.IO does: a handshake opens a session, GETs are polls, upgrades become WebSockets. POSTs: data.ts.
import type { FastifyReply } from 'fastify'
import type { WebSocket } from 'ws'
import { toText, TYPE } from '../../codec/engine-io.js'
import type { EngineVersion } from '../../codec/engine-io.js'
import { engine4 } from '../../codec/engine-io-4.js'
import { Engine3Payloads } from '../../codec/engine-io-3.js'
import type { PayloadCodec } from '../../codec/packet.js'
import { fromByteString, toByteString } from '../../codec/text.js'
import { EngineIo } from '../../dialects/engine-io/engine-io.js'
import { RefusedRequest } from '../../errors.js'
import type { Session } from '../../session/session.js'
import { NO_LISTENER } from '../../session/transport.js'
import type { Polls, TransportListener } from '../../session/transport.js'
import { CONTENT_TYPES } from '../../transports/index.js'
import { PollingTransport } from '../../transports/polling.js'
import { WebSocketTransport } from '../../transports/websocket.js'
import type { Translation } from '../../transports/websocket.js'
import { Upgrade } from '../../dialects/engine-io/upgrade.js'
import type { EngineIoContext, EngineIoQuery, EngineIoRequest } from './context.js'
import { addressOf } from '../address.js'
import { ADMITTED } from '../admission.js'
import { adoptConnectionWhenClosed } from '../websocket/connection.js'
import { acceptPoll } from '../replies.js'
import { addHeaders, setCookie } from '../headers.js'
import { JSONP } from '../hooks.js'
import { cut } from '../log.js'
import { toWebSocketInit } from '../websocket/upgraded.js'

/** Whether the client takes only text: it says so, or polls by script. */
const takesText = ({ b64, j }: EngineIoQuery): boolean => Boolean(b64) || j !== undefined

/** The clients 1.0 to 1.3 tell the time in milliseconds, where later ones write it shorter. */
const isEarly = ({ EIO, t = '' }: EngineIoQuery): boolean => EIO === '2' || /^\d{13}-\d+$/.test(t)

function payloadsOf (version: EngineVersion, query: EngineIoQuery): PayloadCodec {
  return version === 4 ? engine4 : new Engine3Payloads({ binary: !takesText(query), early: isEarly(query) })
}

/** What stands between the frames of most clients and those of one that takes only text, or has only bytes in its text (EIO 2). */
function translationOf (version: EngineVersion, query: EngineIoQuery): Translation | undefined {
  const bytes = query.EIO === '2'
  if (!bytes && !takesText(query)) return undefined
  return {
    encode: (frame) => {
      if (typeof frame !== 'string' && !takesText(query)) return frame
      const text = toText(frame, version)
      return bytes ? toByteString(text) : text
    },
    decode: (text) => bytes ? fromByteString(text) ?? text : text
  }
}

function open ({ engine, shared }: EngineIoContext, request: EngineIoRequest, upgrades: readonly string[]): Session {
  const admitted = request[ADMITTED]
  if (admitted === undefined) throw new RefusedRequest('unauthorized', 'the handshake was not admitted')
  const session = engine.handshake({
    ...admitted,
    request: request.raw,
    remoteAddress: addressOf(request),
    dialect: (self) => new EngineIo(self, shared, upgrades)
  })
  request.log.debug({ sid: session.id }, 'session opened')
  return session
}

/** The session that a poll or POST names. A hook has looked at it before, so that only its end can have come between. */
export function pollingOf ({ engine, shared: { version } }: EngineIoContext, request: EngineIoRequest): { session: Session, polls: Polls } {
  const { sid = '' } = request.query
  const session = engine.find(sid, `engine ${version}`)
  const polls = session?.transport.polls
  if (session !== undefined && polls !== undefined) return { session, polls }
  throw new RefusedRequest('unknown session', 'the session ended while this request was being processed', { sid })
}

function newPolling ({ engine: { wheel, answers }, shared }: EngineIoContext, listener: TransportListener, query: EngineIoQuery): PollingTransport {
  return new PollingTransport({
    name: 'polling',
    listener,
    codec: payloadsOf(shared.version, query),
    wheel,
    pollingDuration: undefined, // heartbeats answer polls often enough
    noop: TYPE.noop,
    breaksSession: true,
    answers
  })
}

/** A GET without a session opens one, and is its first poll: it brings the open packet. */
function handleHandshake (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { engine, settings: { allowUpgrades, transports, cookie } } = context
  addHeaders(engine, reply, true) // first, for a listener that fails leaves no session behind
  const session = open(context, request, allowUpgrades && transports.includes('websocket') ? ['websocket'] : [])
  const transport = newPolling(context, session, request.query)
  if (cookie !== false) setCookie(reply, cookie, session.id)
  engine.attach(session, transport)
  acceptPoll(engine, transport, reply)
}

/** A GET waits for something to say. */
export function handlePoll (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { engine } = context
  reply.type(request[JSONP] === undefined ? CONTENT_TYPES.text : CONTENT_TYPES.script)
  if (request.raw.socket.destroyed) return // given up while the app's hooks ran; nothing would tell us of it any more
  if (!request.query.sid) return handleHandshake(context, request, reply)
  const { session, polls } = pollingOf(context, request)
  if (session.parting) throw new RefusedRequest('unknown session', 'the server has told the client to leave', { sid: session.id })
  if (session.transport.open) {
    session.end('protocol violation', undefined, new Error('two polls at a time'))
    throw new RefusedRequest('protocol violation', 'two polls at a time', { sid: session.id })
  }
  addHeaders(engine, reply, false)
  // Pipelined behind an answer that is still under way: Node would not tell it of the end of the connection.
  if (reply.raw.socket === null) reply.send(polls.codec.encodePayload([TYPE.noop]))
  else acceptPoll(engine, polls, reply)
}

/** A WebSocket without a session opens one; with one, it is tried out for it. */
export function webSocketHandler (context: EngineIoContext) {
  const { engine, engine: { wheel }, settings: { upgradeTimeout, farewellTimeout }, shared: { version } } = context
  const name = 'websocket'
  return function upgrade (socket: WebSocket, request: EngineIoRequest): void {
    const query = request.query
    const translation = translationOf(version, query)
    const transport = (listener: TransportListener) => new WebSocketTransport({ name, listener, wheel, farewellTimeout, ...toWebSocketInit(socket, request), ...(translation && { translation }) })
    if (!query.sid) {
      const session = open(context, request, [])
      return engine.attach(session, transport(session))
    }
    const session = engine.find(query.sid, `engine ${version}`)
    const polls = session?.transport.polls
    if (session === undefined || session.parting || session.upgrade !== undefined || polls === undefined) {
      request.log.info({ sid: cut(query.sid) }, 'upgrade closed: the session has ended, is being upgraded, or has been upgraded')
      return transport(NO_LISTENER).close()
    }
    const attempt = new Upgrade({ session, polls, wheel, upgradeTimeout })
    attempt.start(transport(attempt))
    adoptConnectionWhenClosed(engine, session)
  }
}
