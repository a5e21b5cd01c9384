// What an Engine and its sessions are made of. Types only.
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { Engine as PublicEngine } from '../../types/engine.js'
import type { Dialect, DialectSession } from '../session/dialect.js'
import type { SessionLimits } from '../session/session-init.js'
import type { SessionSlot } from './session-limiter.js'

/** What an {@link Engine} is made of. */
export interface EngineOptions {
  limits: SessionLimits
  /** The shortest time in use, ms; decides how finely the timers run. */
  shortestTime: number
  maxSessions: number
  maxSessionsPerAddress: number | false
  maxTotalQueueBytes: number
  generateId?: PublicEngine['generateId']
  log: FastifyBaseLogger
}

/** What a handshake gives its session. */
export interface HandshakeInit {
  /** What {@link Engine.newId} has made. */
  id: string
  request: IncomingMessage
  /** What {@link SessionLimiter.admit} has taken for it. */
  slot: SessionSlot
  remoteAddress: string
  context: unknown
  dialect: (socket: DialectSession) => Dialect
}
