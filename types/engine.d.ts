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
  /** The text that belongs to the code. */
  message: string
  /** The exact reason. */
  reason: RefusalReason
  /** Details for logs; `detail` is a sentence. */
  context: Record<string, unknown>
}

/** The events of an {@link Engine}. */
export interface EngineEvents {
  /** A session made its first transport request. */
  connection: [socket: Socket]
  /** A request was refused: bad origin, unauthorized, unknown transport, too large, and so on. */
  connection_error: [error: ConnectionError]
  /** Before the first answer of a session (revision 1: the answer to the handshake) is sent. Add headers to the object. */
  initial_headers: [headers: Record<string, string | string[]>, req: IncomingMessage]
  /** Before every answer of a session is sent, the first answer and the answer to an upgrade included. Add headers to the object. */
  headers: [headers: Record<string, string | string[]>, req: IncomingMessage]
}

/** The registry of sessions, and the object that the official Server binds to: `io.bind(app.socketio)`. */
export interface Engine extends EventEmitter<EngineEvents> {
  /** All sessions by id, also those that have made only a handshake. */
  readonly sessions: ReadonlyMap<string, Socket>
  /** Number of connected sessions: those of {@link sessions} that have made a transport request. */
  readonly clientsCount: number
  /** Counters since the start, and bytes that wait now. A copy, for monitoring. */
  readonly metrics: Metrics
  /** Whether {@link drain} or {@link close} has been called; for a readiness probe. */
  readonly draining: boolean
  /** Makes the session ids: the function of the option `generateId`. Assign another function to replace it. */
  generateId: (request: IncomingMessage) => string | number | Promise<string | number>
  /**
   * Takes this server out of service. Handshakes are refused from now on (503). The sessions end one by one during `ms` milliseconds, in a way that
   * makes their clients reconnect to the next server. Queued packets are sent first, as long as there is time. Resolves when no session is
   * left, at the latest `farewellTimeout` after `ms`: for this time, packets of the last clients are still delivered. `app.close()` calls this method with
   * the option `drainTimeout`.
   */
  drain (ms: number): Promise<void>
  /**
   * Ends every session at once, in a way that makes its client reconnect to the next server, and refuses handshakes from then on (503). `app.close()`
   * calls it at its end. Idempotent.
   */
  close (): this
}
