// Decides about requests for sessions of revision 1 of this node. A request may have arrived here or on another node.
import type { HeldPoll, PollOwner, Refused } from '../../types/cluster.js'
import { ProtocolError, TooManyPacketsError } from '../codec/packet.js'
import { DISCONNECT, NOOP, revision1 } from '../codec/revision-1.js'
import type { Engine } from '../engine/engine.js'
import { NO_SESSION, RefusedRequest } from '../errors.js'
import type { Settings } from '../options.js'
import type { Session } from '../session/session.js'
import type { Polls, Transport, TransportListener } from '../session/transport.js'
import type { Revision1Transport } from '../transports/index.js'
import { PollingTransport } from '../transports/polling.js'
import { AcceptedPoll } from './accepted-poll.js'

/** The sessions of revision 1, and the transport of a request. */
export interface Revision1Sessions {
  readonly engine: Engine
  readonly settings: Pick<Settings, 'maxPackets' | 'pollingDuration'>
  readonly name: Revision1Transport
}

/** Makes the refusal for a request whose session does not exist. */
export const unknownSession = (sid: string): RefusedRequest => new RefusedRequest('unknown session', NO_SESSION, { sid })

/** Finds a session, unless its client has been told to leave: then the request is answered as if the session were unknown. */
function answeredSession (engine: Engine, sid: string): Session | undefined {
  const session = engine.find(sid, 'revision 1')
  return session?.parting === true ? undefined : session
}

/** Returns the polling transport of a session. If the session has a transport of another name, it moves to a new polling transport. */
function pollsOf ({ engine, name, settings: { pollingDuration } }: Revision1Sessions, session: Session): Polls {
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

/** @throws RefusedRequest if there is no such session. */
export function acceptPoll (sessions: Revision1Sessions, sid: string, poll: HeldPoll): PollOwner {
  const session = answeredSession(sessions.engine, sid)
  if (session === undefined) throw unknownSession(sid)
  return new AcceptedPoll(pollsOf(sessions, session), poll)
}

/** Decodes the frames of a POST; none if their framing is invalid. @throws RefusedRequest if there are more than `maxPackets`: 413, as for a large body. */
function framesIn (payload: string, sid: string, { log, showId }: Engine, maxPackets: number): string[] {
  try {
    return revision1.decodePayload(payload, maxPackets)
  } catch (error) {
    if (error instanceof TooManyPacketsError) throw new RefusedRequest('too many packets', error.message, { sid })
    if (!(error instanceof ProtocolError)) throw error
    log.debug({ sid: showId(sid), detail: error.message }, 'payload dropped')
    return []
  }
}

/** Delivers the packets of a client that has been told to leave. @throws RefusedRequest if one of them was not delivered. */
function deliverLastPackets (engine: Engine, frames: readonly string[], session: Session): void {
  let delivered = true
  for (const frame of frames) delivered = session.onFrame(frame) && delivered
  if (!delivered) throw engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', session.id)
}

/**
 * Delivers the packets of a POST. It is answered before the packets are processed.
 * @throws RefusedRequest if there is no such session, if there are too many packets, and if packets are not delivered because the server drains or closes.
 */
export function deliverPost (sessions: Revision1Sessions, sid: string, payload: string, answer: (refused?: Refused) => void): void {
  const { engine, settings: { maxPackets } } = sessions
  const session = engine.find(sid, 'revision 1')
  if (session === undefined) throw engine.draining ? engine.refusal('the session has ended', sid) : unknownSession(sid)
  const frames = framesIn(payload, sid, engine, maxPackets)
  if (session.parting) {
    deliverLastPackets(engine, frames, session)
    return answer()
  }
  answer()
  // The first request opens the session, also a POST, and its packets are delivered (docs/revision-1.md, Transports).
  if (session.readyState === 'opening') pollsOf(sessions, session)
  for (const frame of frames) session.onFrame(frame)
}

/** Moves a session to a stream or WebSocket. Returns the session; undefined if there is no such session. @param newTransport makes the transport */
export function moveSession (engine: Engine, sid: string, newTransport: (listener: TransportListener) => Transport): Session | undefined {
  const session = answeredSession(engine, sid)
  if (session !== undefined) engine.attach(session, newTransport(session))
  return session
}

/** Ends a session: its client has sent `?disconnect`, also when it holds nothing open (docs/revision-1.md, The end of a session). */
export function disconnect (engine: Engine, sid: string): void {
  engine.find(sid, 'revision 1')?.end('client left', DISCONNECT)
}
