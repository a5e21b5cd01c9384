// What a Socket is made of. Types only.
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { Backlog } from './backlog.js'
import type { Dialect, DialectSocket } from './dialect.js'
import type { EndReason } from './reasons.js'
import type { TimerWheel } from './timer-wheel.js'

/** The bounds and times of a session; ms and bytes. */
export interface SocketLimits {
  readonly closeTimeout: number
  readonly handshakeTimeout: number
  readonly maxQueueBytes: number
  readonly slowClient: 'close' | 'drop'
  readonly maxPacketsPerSecond: number | false
}

/** What a {@link Socket} is made of. */
export interface SocketInit {
  id: string
  request: IncomingMessage
  remoteAddress: string
  context: unknown
  limits: SocketLimits
  wheel: TimerWheel
  /** What all sessions keep waiting. */
  backlog: Backlog
  log: FastifyBaseLogger
  /** Makes the dialect for this session. */
  dialect: (socket: DialectSocket) => Dialect
  /** Called when volatile packets have been dropped. */
  onDropped: (count: number) => void
  /** Called once when the session has ended, before 'close' is emitted. */
  onEnd: (id: string, reason: EndReason, wasOpen: boolean) => void
}
