// The arguments of a session. Types only.
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { QueueBudget } from './queue-budget.js'
import type { Dialect, DialectSession } from './dialect.js'
import type { Flushes } from './flushes.js'
import type { EndReason } from './transport.js'
import type { Observer } from '../observation/observer.js'
import type { ShowId } from '../observation/shown-ids.js'
import type { TimerWheel } from '../time/timer-wheel.js'

/** Options that limit a session; times in ms, sizes in bytes. */
export interface SessionLimits {
  readonly closeTimeout: number
  readonly handshakeTimeout: number
  readonly farewellTimeout: number
  readonly maxQueueBytes: number
  readonly slowClient: 'close' | 'drop'
  readonly maxPacketsPerSecond: number | false
}

export interface SessionInit {
  id: string
  request: IncomingMessage
  remoteAddress: string
  context: unknown
  /** Makes the dialect for this session. */
  dialect: (socket: DialectSession) => Dialect
  /** Released when the session ends. */
  slot: { release (): void }
  /** Bytes of the handshake that count (handshake-bytes.ts). */
  handshakeBytes: number
  shared: SessionShared
}

/** Shared by all sessions of an Engine. */
export interface SessionShared {
  readonly limits: SessionLimits
  readonly wheel: TimerWheel
  /** The limit on the bytes of all sessions together. */
  readonly budget: QueueBudget
  readonly flushes: Flushes
  readonly log: FastifyBaseLogger
  /** The form of session ids in the log. */
  readonly showId: ShowId
  readonly observer: Pick<Observer, 'opened' | 'moved' | 'ended' | 'packetIn' | 'packetOut'>
  /** Called when volatile packets have been dropped. */
  readonly onDropped: (count: number) => void
  /** Called once when a session has ended, before 'close' is emitted. */
  readonly onEnd: (id: string, reason: EndReason, wasOpen: boolean) => void
  /** Called when a client that has been told to leave can send no more packets. The session can then be ended. */
  readonly onSilent: (id: string) => void
}
