import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { OutgoingPacket, Packet } from './packet.js'
import type { SessionEnd } from './reasons.js'

/**
 * Every transport, under its name on the wire. `websocket` is of every dialect, `polling` (by XHR or JSONP) of Engine.IO, the
 * others of revision 1.
 */
export type TransportName = 'websocket' | 'polling' | 'flashsocket' | 'htmlfile' | 'xhr-multipart' | 'xhr-polling' | 'jsonp-polling'

/**
 * The protocol generation a client speaks. `revision 1`: clients 0.7 to 0.9; `engine 3` (Engine.IO protocol 3): 1.x and 2.x;
 * `engine 4`: 3.x and 4.x.
 */
export type DialectName = 'revision 1' | 'engine 3' | 'engine 4'

/**
 * Why a session ended, in the official Server's words (engine.io's `socket.on('close')`).
 * `ping timeout`: the client fell silent; `transport close`: it left; `forced close`: this side ended it;
 * `transport error`: its connection broke, or it did what it may not. {@link SessionEnd} says exactly which.
 */
export type CloseReason = 'transport error' | 'transport close' | 'forced close' | 'ping timeout' | 'parse error'

/** How one packet is sent. */
export interface SendOptions {
  /** Drop the packet when the client holds nothing open, instead of queueing it. */
  volatile?: boolean
}

/** What a connection moves its packets with. Never null, also between two polls. */
export interface TransportView {
  readonly name: TransportName
  /** Whether a packet would leave at once. */
  readonly writable: boolean
}

/**
 * Augment to type what `authorize` returns and `socket.context` holds, and the events of `app.io`:
 * `declare module 'fastify-socketio-transports' { interface SocketioTypes { context: { user: string }, server: Server<MyEvents> } }`
 */
export interface SocketioTypes {}

/** What `authorize` returned for this session. `unknown` unless `SocketioTypes` is augmented. */
export type SocketContext = SocketioTypes extends { context: infer Context } ? Context : unknown

/** The events of a {@link Socket}. */
export interface SocketEvents {
  /** A decoded packet of the client. Packets are decoded only as far as somebody listens. */
  packet: [packet: Packet]
  /**
   * A message as it came: of Engine.IO, text or binary. Of revision 1, translated to what the official Server reads (the grammar
   * of Socket.IO protocol 4). Whoever listens from 'connection' on takes over what is done by itself otherwise: connecting the
   * default endpoint.
   */
  data: [data: string | Buffer]
  /** The session moved to another transport. */
  upgrade: [transport: TransportView]
  /**
   * What was sent is on its way to the client and more is welcome: comes at the end of each turn of the event loop in which something has left at once and,
   * after packets that did not, when `bufferedAmount` has fallen again (a WebSocket's: below 64 KiB).
   */
  drain: []
  /** The session has ended; emitted once, and only if the session had connected. */
  close: [reason: CloseReason, details: SessionEnd]
  /** For the official Server, which listens to it. What goes wrong with a session ends it: see `close`. */
  error: [error: Error]
}

/** One client's abstract connection, whatever transport carries it. */
export interface Socket extends EventEmitter<SocketEvents> {
  /** The session id. */
  readonly id: string
  /** The protocol generation that its client speaks. */
  readonly dialect: DialectName
  /** The Engine.IO protocol of this connection, as the official Server sees it; revision 1 follows the model of 3. */
  readonly protocol: 3 | 4
  /**
   * `opening` from the handshake to the first transport request, `closing` while what was queued before {@link close} waits
   * for the client, `closed` for good.
   */
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed'
  /**
   * The handshake's raw request. When the connection that it came by has been closed and a WebSocket carries the session, its `socket` is that of the
   * WebSocket.
   */
  readonly request: IncomingMessage & { _query?: Record<string, unknown> }
  /** The client's address at the handshake, as Fastify's `trustProxy` sees it. */
  readonly remoteAddress: string
  /** What carries its packets at present. */
  readonly transport: TransportView
  /** What `authorize` returned; `undefined` without one. */
  readonly context: SocketContext
  /** Bytes accepted and not yet handed to the operating system; at most `maxQueueBytes` of them are queued. */
  readonly bufferedAmount: number
  /**
   * Sends a decoded packet, or queues it until the client holds something open. Returns the id of the acknowledgement it
   * asks for, if it asks for one. `disconnect` on the default endpoint ends the session. On a session that is not open
   * it does nothing.
   * @throws FST_SIO_INVALID_PACKET when the packet cannot be written (an endpoint with a colon or comma, say).
   */
  send (packet: OutgoingPacket, options?: SendOptions): string | undefined
  /**
   * Sends a message as it is, text or binary; to revision 1, what is given in the official Server's grammar. For the Server, and
   * for applications that use Engine.IO without Socket.IO; others use {@link send}.
   */
  write (data: string | Uint8Array, options?: SendOptions): this
  /**
   * Ends the session; the client may come back with a new one. With Engine.IO, what is queued goes out before, for which a
   * polling client has `closeTimeout`. Idempotent.
   */
  close (): void
}
