// What a session is made of. Types only.
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { QueueBudget } from './queue-budget.js'
import type { Dialect, DialectSession } from './dialect.js'
import type { Flushes } from './flushes.js'
import type { EndReason } from './transport.js'
import type { TimerWheel } from '../time/timer-wheel.js'

/** The bounds and times of a session; ms and bytes. */
export interface SessionLimits {
  readonly closeTimeout: number
  readonly handshakeTimeout: number
  readonly farewellTimeout: number
  readonly maxQueueBytes: number
  readonly slowClient: 'close' | 'drop'
  readonly maxPacketsPerSecond: number | false
}

/** What a {@link Session} is made of. */
export interface SessionInit {
  id: string
  request: IncomingMessage
  remoteAddress: string
  context: unknown
  /** Makes the dialect for this session. */
  dialect: (socket: DialectSession) => Dialect
  /** What it gives back at its end. */
  slot: { release (): void }
  /** What the session keeps of its handshake, as far as that counts; bytes. */
  handshakeBytes: number
  shared: SessionShared
}

/** What all sessions of an Engine share. */
export interface SessionShared {
  readonly limits: SessionLimits
  readonly wheel: TimerWheel
  /** What all sessions keep waiting. */
  readonly budget: QueueBudget
  readonly flushes: Flushes
  readonly log: FastifyBaseLogger
  /** Called when volatile packets have been dropped. */
  readonly onDropped: (count: number) => void
  /** Called once when a session has ended, before 'close' is emitted. */
  readonly onEnd: (id: string, reason: EndReason, wasOpen: boolean) => void
  /** Called when nothing more is to come of a client that has been told to go. The session is to be ended. */
  readonly onSilent: (id: string) => void
}
