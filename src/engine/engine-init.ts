// The arguments of an Engine and of a handshake. Types only.
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { Cluster } from '../../types/cluster.js'
import type { Engine as PublicEngine } from '../../types/engine.js'
import type { Dialect, DialectSession } from '../session/dialect.js'
import type { SessionLimits } from '../session/session-init.js'
import type { SessionSlot } from './session-limiter.js'

export interface EngineOptions {
  limits: SessionLimits
  /** The shortest timeout in use, ms. The resolution of the timers depends on it. */
  shortestTime: number
  maxSessions: number
  maxSessionsPerAddress: number | false
  maxTotalQueueBytes: number
  generateId?: PublicEngine['generateId']
  cluster?: Cluster
  /** The form of session ids in logs. */
  logSessionIds: 'short' | 'whole'
  log: FastifyBaseLogger
}

/** The arguments of {@link Engine.handshake}. */
export interface HandshakeInit {
  /** From {@link Engine.newId}. */
  id: string
  request: IncomingMessage
  /** From {@link SessionLimiter.admit}. */
  slot: SessionSlot
  /** When `authorize` was called, ms (`performance.now()`). */
  since: number
  remoteAddress: string
  context: unknown
  /** Makes the dialect for the session. */
  dialect: (socket: DialectSession) => Dialect
}
