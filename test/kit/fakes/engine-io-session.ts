// A Socket of Engine.IO on a clock that the test moves: over a transport that only notes what it is told, or over polls that only note
// their answers.
import { LastEncoded } from '../../../src/codec/last-encoded.js'
import type { EngineVersion } from '../../../src/codec/engine-io.js'
import { Engine3Payloads } from '../../../src/codec/engine-io-3.js'
import { engine4 } from '../../../src/codec/engine-io-4.js'
import type { Frame } from '../../../src/codec/packet.js'
import { EngineIo } from '../../../src/dialects/engine-io/engine-io.js'
import { Session } from '../../../src/session/session.js'
import type { SessionLimits } from '../../../src/session/session-init.js'
import { Flushes } from '../../../src/session/flushes.js'
import { QueueBudget } from '../../../src/session/queue-budget.js'
import { shortId } from '../../../src/observation/shown-ids.js'
import { TimerWheel } from '../../../src/time/timer-wheel.js'
import type { Poll, TransportListener } from '../../../src/session/transport.js'
import { PollingTransport } from '../../../src/transports/polling.js'
import { Upgrade } from '../../../src/dialects/engine-io/upgrade.js'
import { FakeTransport, LIMITS, newLog, newRequest, NO_OBSERVER, RESOLUTION } from './revision-1-session.js'

export const VERSIONS: readonly EngineVersion[] = [3, 4]
/** Shorter than the defaults, so that fewer ticks are counted; ms. */
export const TIMES = { pingInterval: 1000, pingTimeout: 600, upgradeTimeout: 300, closeTimeout: 2000 }

interface Init extends Partial<SessionLimits> { version?: EngineVersion }

/** A GET that notes how it was answered. */
export class FakePoll implements Poll {
  readonly answers: string[] = []
  broken = 0
  send (payload: string | Buffer): number {
    this.answers.push(String(payload))
    return payload.length
  }

  destroy (): void { this.broken++ }
}

/** A WebSocket that can be tried out. */
export class FakeCandidate extends FakeTransport {
  listener: TransportListener | undefined
  handOver (listener: TransportListener): void { this.listener = listener }
}

/** A session before its first transport. */
export function newEngineSession ({ version = 4, ...limits }: Init = {}) {
  const { log, lines } = newLog()
  const wheel = new TimerWheel(RESOLUTION)
  const closes: unknown[][] = []
  const heard: (string | Buffer)[] = []
  const { pingInterval, pingTimeout, closeTimeout } = TIMES
  // Raw messages are heard, as by an application without Socket.IO, which is told of ends at once.
  const shared = { version, pingInterval, pingTimeout, maxPayload: 1000, maxAttachments: 10, maxNesting: 1000, maxArguments: 1000, maxEndpoints: 10, parser: undefined, isMessagePack: false, isSocketio: false, last: new LastEncoded<Frame>() }
  const session = new Session({
    id: 'abc',
    request: newRequest(),
    remoteAddress: '192.0.2.1',
    context: undefined,
    dialect: (self) => new EngineIo(self, shared, ['websocket']),
    slot: { release () {} },
    handshakeBytes: 0,
    shared: {
      limits: { ...LIMITS, closeTimeout, maxQueueBytes: 100_000, ...limits },
      wheel,
      budget: new QueueBudget(Infinity),
      flushes: new Flushes(),
      log,
      observer: NO_OBSERVER,
      showId: shortId,
      onDropped: () => {},
      onEnd: () => {},
      onSilent: () => {}
    }
  })
  const { socket } = session
  socket.on('data', (data) => heard.push(data))
  socket.on('close', (reason, { reason: end, cause }) => closes.push(cause === undefined ? [reason, end] : [reason, end, cause]))
  return { version, session, socket, wheel, lines, closes, heard }
}

/** A session on a transport that notes: its open packet has been sent. */
export function openEngineSession (init: Init = {}, transport = new FakeTransport()) {
  const made = newEngineSession(init)
  made.session.open(transport, () => {})
  transport.take()
  made.lines.length = 0
  return { ...made, transport }
}

/** A session that polls: its open packet has been read. */
export function polledSession (init: Init = {}) {
  const made = newEngineSession(init)
  const { session, version, wheel } = made
  const codec = version === 4 ? engine4 : new Engine3Payloads({ binary: true, early: false })
  const polling = new PollingTransport({ name: 'polling', listener: session, codec, wheel, pollingDuration: undefined, noop: '6', breaksSession: true, answers: undefined })
  /** The client polls; the answer, if there is one at once, is not read yet. */
  const poll = (): FakePoll => {
    const one = new FakePoll()
    polling.accept(one)
    return one
  }
  /** What the client reads when it polls now. */
  const read = (): string | undefined => {
    const one = poll()
    const [answer] = one.answers
    if (answer !== undefined) polling.responseEnded(one, true)
    return answer
  }
  /** Packets as the body of an answer. */
  const body = (...packets: string[]): string => version === 4 ? packets.join('\x1e') : packets.map((packet) => `${packet.length}:${packet}`).join('')
  session.open(polling, () => {})
  read()
  made.lines.length = 0
  return { ...made, polling, poll, read, body }
}

/** A session that polls, and a WebSocket that is tried out for it. */
export function upgradingSession (init: Init = {}) {
  const made = polledSession(init)
  const { session, polling: polls, wheel } = made
  const attempt = () => {
    const candidate = new FakeCandidate()
    const upgrade = new Upgrade({ session, polls, wheel, upgradeTimeout: TIMES.upgradeTimeout, onComplete () {}, onFailed () {} })
    candidate.handOver(upgrade)
    upgrade.start(candidate)
    return { candidate, upgrade }
  }
  return { ...made, attempt, ...attempt() }
}
