import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Metrics } from './metrics.js'
import type { RefusalReason } from './reasons.js'
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

/**
 * A middleware in the form of Express and Connect. It calls `next`, or it ends the response; an argument of `next`, an exception or a rejected promise refuses the
 * request. The types of its parameters may be those of Express.
 */
export type EngineMiddleware = {
  middleware (request: IncomingMessage & { _query?: Record<string, unknown> }, response: ServerResponse, next: (error?: unknown) => void): unknown
}['middleware']

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
  /**
   * Returns the session below a socket of the official Server, also in and after its 'disconnect'. `undefined` if the socket belongs to another engine, to
   * which the Server is bound, too. `app.socketio.sessionOf(socket)?.context` is the value that `authorize` returned.
   * @param socket a socket of any namespace, or another object with a `conn`
   */
  sessionOf (socket: { readonly conn: unknown }): Socket | undefined
  /** Number of connected sessions: those of {@link sessions} that have made a transport request. */
  readonly clientsCount: number
  /** Counters since the start, and what is there now. Made at each reading, which takes about a millisecond with 20,000 sessions. */
  readonly metrics: Metrics
  /** Whether {@link drain} or {@link close} has been called; for a readiness probe. */
  readonly draining: boolean
  /** Makes the session ids: the function of the option `generateId`. Assign another function to replace it. */
  generateId: (request: IncomingMessage) => string | number | Promise<string | number>
  /**
   * Adds a middleware, as `io.engine.use` of socket.io. Middlewares run in the order of this method, for every request of a client, upgrades included: after
   * the `onRequest` hooks of the application and the check of the origin, before `authorize`. `request._query` has `sid` in all requests but the handshake.
   * The headers that they set are part of the answer, also of the answer to an upgrade. A middleware that fails refuses the request (400); one that
   * neither calls `next` nor ends the response within `handshakeTimeout`, too (503).
   * @throws FST_SIO_BAD_OPTION when it is not a function.
   */
  use (middleware: EngineMiddleware): this
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
