import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Metrics, RefusalReason } from './reasons.js'
import type { Socket } from './socket.js'

/** A refused request, as engine.io reports it. */
export interface ConnectionError {
  /** The raw request. */
  req: IncomingMessage
  /**
   * 0 transport unknown, 1 session id unknown, 2 bad handshake method, 3 bad request, 4 forbidden,
   * 5 unsupported protocol version
   */
  code: 0 | 1 | 2 | 3 | 4 | 5
  /** The code in words. */
  message: string
  /** Exactly why. */
  reason: RefusalReason
  /** More about it, for logs: `detail` says it in words. */
  context: Record<string, unknown>
}

/** The events of an {@link Engine}. */
export interface EngineEvents {
  /** A session made its first transport request. */
  connection: [socket: Socket]
  /** A request was refused: bad origin, unauthorized, unknown transport, too large, and so on. */
  connection_error: [error: ConnectionError]
  /** The first answer of a session (revision 1: its handshake) is about to be made: add headers to the object. */
  initial_headers: [headers: Record<string, string | string[]>, req: IncomingMessage]
  /** The same for every answer of a session, the first one included; upgrades too. */
  headers: [headers: Record<string, string | string[]>, req: IncomingMessage]
}

/** The registry of sessions, and the object that the official Server binds to: `io.bind(app.socketio)`. */
export interface Engine extends EventEmitter<EngineEvents> {
  /** Every session from its handshake on, by id. */
  readonly sessions: ReadonlyMap<string, Socket>
  /** Sessions that have connected: those of {@link sessions} that made a transport request. */
  readonly clientsCount: number
  /** What has happened since the start, by reason, and what waits now: a copy, for monitoring. */
  readonly metrics: Metrics
  /** Whether {@link drain} has been called, or {@link close}: for a readiness probe. */
  readonly draining: boolean
  /** Makes the session ids, as the option of that name does; assign to replace. */
  generateId: (request: IncomingMessage) => string | Promise<string>
  /**
   * Takes this server out of service: refuses handshakes from now on (503), and ends the sessions so that their clients come back to the next
   * server, spread over `ms` milliseconds. What is queued goes out first, as long as there is time. Resolves when no session is
   * left: at the latest `farewellTimeout` after `ms`, in which those who have been told to go last are still heard. `app.close()` calls it with the option
   * `drainTimeout`.
   */
  drain (ms: number): Promise<void>
  /**
   * Ends every session at once, so that its client comes back to the next server, and refuses handshakes from then on (503). `app.close()` calls it
   * when nothing more is to come of the clients. Idempotent.
   */
  close (): this
}
