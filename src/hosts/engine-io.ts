// Decides about requests for sessions of Engine.IO of this node. A request may have arrived here or on another node.
import type { HeldPoll, PollOwner, PostOwner, Refused, SessionRequest } from '../../types/cluster.js'
import type { EngineVersion } from '../codec/engine-io.js'
import { ProtocolError, TooManyPacketsError } from '../codec/packet.js'
import type { Frame } from '../codec/packet.js'
import { Upgrade } from '../dialects/engine-io/upgrade.js'
import type { Candidate } from '../dialects/engine-io/upgrade.js'
import type { Engine } from '../engine/engine.js'
import { isRefusalReason, NO_SESSION, RefusedRequest } from '../errors.js'
import type { Settings } from '../options.js'
import type { Session } from '../session/session.js'
import type { Polls, TransportListener } from '../session/transport.js'
import { AcceptedPoll } from './accepted-poll.js'

/** The sessions of one version of Engine.IO. */
export interface EngineIoSessions {
  readonly engine: Engine
  readonly settings: Pick<Settings, 'allowUpgrades' | 'maxPackets' | 'upgradeTimeout'>
  readonly shared: { readonly version: EngineVersion }
}

const OTHER_VERSION = 'EIO is not that of the handshake of this session: two clients have the same id, or a proxy changes the query'
const NO_UPGRADES = 'allowUpgrades is false, so a session cannot move to a WebSocket: a client may begin with it (its option transports: ["websocket"])'
/** The detail of an upgrade that is accepted and closed at once. */
export const NO_UPGRADE = 'the session has ended, is being upgraded, or has been upgraded'
const OTHER_TRANSPORT = 'the session has another transport by now: the request came too late, or two clients have the same id'

/** Finds the session of a request, which must have its version and transport. @throws RefusedRequest if it has not, or if there is no such session. */
export function checkedSession ({ engine, settings, shared: { version } }: EngineIoSessions, { sid, transport, isUpgrade }: SessionRequest): Session {
  engine.wheel.catchUp() // ends sessions whose time is over now, not at the next tick
  const session = engine.find(sid, `engine ${version}`)
  if (session === undefined) {
    const previousProtocol = version === 3 ? 4 : 3
    if (engine.find(sid, `engine ${previousProtocol}`) === undefined) throw new RefusedRequest('unknown session', NO_SESSION, { sid })
    throw new RefusedRequest('protocol mismatch', OTHER_VERSION, { name: 'PROTOCOL_MISMATCH', sid, protocol: version, previousProtocol })
  }
  const { transport: { name: previousTransport } } = session
  const fits = isUpgrade ? settings.allowUpgrades : transport === previousTransport
  if (!fits) throw new RefusedRequest('transport mismatch', isUpgrade ? NO_UPGRADES : OTHER_TRANSPORT, { name: 'TRANSPORT_MISMATCH', sid, transport, previousTransport })
  return session
}

function pollsOf (sessions: EngineIoSessions, request: SessionRequest): { session: Session, polls: Polls } {
  const session = checkedSession(sessions, request)
  const { transport: { polls } } = session
  if (polls !== undefined) return { session, polls }
  throw new RefusedRequest('unknown session', NO_SESSION, { sid: session.id })
}

/** Accepts a poll. @throws RefusedRequest for a second poll at the same time, which also ends the session, and if its client has been told to leave. */
export function acceptPoll (sessions: EngineIoSessions, request: SessionRequest, poll: HeldPoll): PollOwner {
  const { session, polls } = pollsOf(sessions, request)
  if (session.parting) throw new RefusedRequest('unknown session', 'the server has told the client to leave, because it drains or closes', { sid: session.id })
  if (session.transport.open) {
    session.end('protocol violation', undefined, new Error('two polls at a time'))
    throw new RefusedRequest('protocol violation', 'two polls at a time: two clients have the same id, or a proxy repeats requests', { sid: session.id })
  }
  return new AcceptedPoll(polls, poll)
}

/** Decodes the frames of a POST. @throws RefusedRequest if the payload cannot be decoded (this ends the session), or has more than `maxPackets` packets. */
function framesIn (payload: string | Buffer, session: Session, { codec }: Polls, maxPackets: number): Frame[] {
  try {
    return codec.decodePayload(payload, maxPackets)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    if (error instanceof TooManyPacketsError) throw new RefusedRequest('too many packets', error.message, { sid: session.id })
    session.end('parse error', undefined, error)
    throw new RefusedRequest('parse error', error.message, { sid: session.id })
  }
}

/**
 * Delivers frames. Returns whether all of them were delivered. Frames are not delivered after the application has closed the session. A packet that asks for
 * an acknowledgement is not delivered after the client has been told to leave.
 */
function deliver (session: Session, frames: readonly Frame[]): boolean {
  let delivered = true
  for (const frame of frames) {
    delivered &&= session.readyState === 'open' || session.parting
    delivered = session.onFrame(frame) && delivered
  }
  return delivered
}

/** Sessions with a POST that will be refused when the session ends. */
const refusing = new WeakSet<Session>()

/**
 * Refuses a POST to a session that the application has closed. It is refused when the session ends, not before: after a refusal, the client would not fetch
 * the packets that still wait for it. A correct client sends one POST at a time, so a second one is refused at once.
 */
function refuseAtEnd (session: Session, answer: (refused: Refused) => void): PostOwner | undefined {
  const refuse = (): void => answer(new RefusedRequest('unknown session', 'the application has closed the session', { sid: session.id }))
  if (session.readyState === 'closed' || refusing.has(session)) {
    refuse()
    return undefined
  }
  refusing.add(session)
  session.socket.once('close', refuse)
  return {
    abandon () {
      session.socket.off('close', refuse)
      refusing.delete(session)
    }
  }
}

/** Delivers the packets of a POST, and answers it if all were delivered. @throws RefusedRequest if a packet cannot be decoded, which also ends the session. */
export function deliverPost (sessions: EngineIoSessions, request: SessionRequest, payload: string | Buffer, answer: (refused?: Refused) => void): PostOwner | undefined {
  const { session, polls } = pollsOf(sessions, request)
  const delivered = deliver(session, framesIn(payload, session, polls, sessions.settings.maxPackets))
  const { reason = '', cause } = session.ended ?? {}
  if (isRefusalReason(reason)) throw new RefusedRequest(reason, `a packet of this payload ended the session: ${cause?.message ?? reason}`, { sid: session.id })
  if (!delivered && reason !== 'client left') {
    if (session.parting) throw sessions.engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', session.id)
    return refuseAtEnd(session, answer)
  }
  answer()
  return undefined
}

/**
 * Starts the upgrade of a session to a WebSocket. Returns false if the session has ended, is being upgraded, or has been upgraded.
 * @param newTransport makes the transport of the WebSocket
 */
export function startUpgrade (
  { engine, engine: { wheel }, settings: { upgradeTimeout }, shared: { version } }: EngineIoSessions, sid: string,
  newTransport: (listener: TransportListener) => Candidate, onComplete: (session: Session) => void
): boolean {
  const session = engine.find(sid, `engine ${version}`)
  const polls = session?.transport.polls
  if (session === undefined || session.parting || session.upgrade !== undefined || polls === undefined) return false
  const { counters: { upgrades } } = engine
  upgrades.tried++
  const attempt = new Upgrade({
    session,
    polls,
    wheel,
    upgradeTimeout,
    onComplete () {
      upgrades.done++
      onComplete(session)
    },
    onFailed () { upgrades.failed++ }
  })
  attempt.start(newTransport(attempt))
  return true
}
