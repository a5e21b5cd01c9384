// A Socket of revision 1 over a transport that only notes what it is told, on a clock that the test moves.
import { IncomingMessage } from 'node:http'
import { Socket as TcpSocket } from 'node:net'
import Fastify from 'fastify'
import type { FastifyBaseLogger } from 'fastify'
import { LastEncoded } from '../../../src/codec/last-encoded.js'
import { SocketioCodec } from '../../../src/codec/socketio.js'
import type { Frame } from '../../../src/codec/packet.js'
import type { Dialect, DialectSession } from '../../../src/session/dialect.js'
import { Revision1 } from '../../../src/dialects/revision-1/revision-1.js'
import { Session } from '../../../src/session/session.js'
import type { SessionLimits, SessionShared } from '../../../src/session/session-init.js'
import { Flushes } from '../../../src/session/flushes.js'
import { QueueBudget } from '../../../src/session/queue-budget.js'
import { shortId } from '../../../src/observation/shown-ids.js'
import { TimerWheel } from '../../../src/time/timer-wheel.js'
import type { Transport, TransportName } from '../../../src/session/transport.js'

export const RESOLUTION = 10

export const LIMITS: SessionLimits = {
  closeTimeout: 40_000,
  handshakeTimeout: 30_000,
  farewellTimeout: 1000,
  maxQueueBytes: 10_000,
  slowClient: 'close',
  maxPacketsPerSecond: false
}

/** The bounds and times of a session of revision 1; ms and bytes. */
export interface Times extends Partial<SessionLimits> {
  heartbeatInterval?: number | false
  heartbeatTimeout?: number
}

/** Observes nothing. */
export const NO_OBSERVER: SessionShared['observer'] = { opened () {}, moved () {}, ended () {}, packetIn () {}, packetOut () {} }

export class FakeTransport implements Transport {
  readonly name: TransportName
  readonly persistent: boolean
  endsUnnoticed = false
  readonly incoming = 'posts'
  readonly polls = undefined
  readonly connection = undefined
  open = true
  writable = true
  delivering = false
  bufferedAmount = 0
  get unreadBytes () { return this.bufferedAmount }
  /** What was handed over, a list for each time. */
  sent: Frame[][] = []
  /** How it was ended: a farewell, `silently` or `destroyed`. */
  readonly ends: Frame[] = []

  constructor (persistent = true) {
    this.persistent = persistent
    this.name = persistent ? 'websocket' : 'xhr-polling'
  }

  send (frames: Frame[]): void { this.sent.push(frames) }
  close (farewell?: Frame): void { this.ends.push(farewell ?? 'silently') }
  destroy (): void { this.ends.push('destroyed') }

  /** What was handed over since it was asked last. */
  take (): Frame[][] { return this.sent.splice(0) }

  /** Nothing is held open, or something is again. */
  hold (held: boolean): this {
    this.open = this.writable = held
    return this
  }
}

/** A real logger and what it wrote. */
export function newLog (): { log: FastifyBaseLogger, lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const write = (line: string): void => { lines.push(JSON.parse(line) as Record<string, unknown>) }
  return { log: Fastify({ logger: { level: 'debug', stream: { write } } }).log, lines }
}

export const newRequest = (): IncomingMessage => new IncomingMessage(new TcpSocket())

export function newDialect (socket: DialectSession, { heartbeatInterval = 25_000, heartbeatTimeout = 60_000 }: Times = {}): Dialect {
  const limits = { maxEndpoints: 10, maxAcks: 10, maxPayload: 1000, maxNesting: 1000, maxArguments: 1000 }
  const heartbeat = { frame: '2::', interval: heartbeatInterval, timeout: heartbeatTimeout, onPolls: false }
  return new Revision1(socket, { codec: new SocketioCodec(), limits, last: new LastEncoded(), isOffset: () => false }, heartbeat)
}

/** A session after its handshake. */
export function newSession (times: Times = {}, budget = new QueueBudget(Infinity)) {
  const { log, lines } = newLog()
  const ended: boolean[] = []
  const closes: unknown[][] = []
  const dropped: number[] = []
  let silent = 0
  const session = new Session({
    id: 'abc',
    request: newRequest(),
    remoteAddress: '192.0.2.1',
    context: { user: 'u' },
    dialect: (self) => newDialect(self, times),
    slot: { release () {} },
    handshakeBytes: 0,
    shared: {
      limits: { ...LIMITS, ...times },
      wheel: new TimerWheel(RESOLUTION),
      budget,
      flushes: new Flushes(),
      log,
      observer: NO_OBSERVER,
      showId: shortId,
      onDropped: (count) => dropped.push(count),
      onEnd: (_socket, _reason, wasOpen) => ended.push(wasOpen),
      onSilent: () => silent++
    }
  })
  const { socket } = session
  socket.on('close', (reason, { reason: end, cause }) => closes.push(cause === undefined ? [reason, end] : [reason, end, cause]))
  return { session, socket, lines, ended, closes, dropped, silent: () => silent }
}

/** A session that has connected: its connect packet has been sent. */
export function openSession (times: Times = {}, transport = new FakeTransport(), budget = new QueueBudget(Infinity)) {
  const made = newSession(times, budget)
  made.session.open(transport, () => {})
  transport.take()
  made.lines.length = 0
  return { ...made, transport }
}
