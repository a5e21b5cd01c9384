import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { OutgoingPacket, Packet } from './packet.js'
import type { Traffic } from './observation.js'
import type { SessionEnd } from './reasons.js'

/**
 * The transports, by their names in the protocols. `websocket` is for every dialect, `polling` (XHR or JSONP) for Engine.IO, the
 * others for revision 1.
 */
export type TransportName = 'websocket' | 'polling' | 'flashsocket' | 'htmlfile' | 'xhr-multipart' | 'xhr-polling' | 'jsonp-polling'

/**
 * The protocol generation a client speaks. `revision 1`: clients 0.7 to 0.9; `engine 3` (Engine.IO protocol 3): 1.x and 2.x;
 * `engine 4`: 3.x and 4.x.
 */
export type DialectName = 'revision 1' | 'engine 3' | 'engine 4'

/**
 * Why a session ended, as a reason of the official Server (engine.io's `socket.on('close')`).
 * `ping timeout`: the client sent nothing for too long; `transport close`: it left; `forced close`: the server ended the session;
 * `transport error`: its connection broke, or it did something that is not allowed. {@link SessionEnd} has the exact reason.
 */
export type CloseReason = 'transport error' | 'transport close' | 'forced close' | 'ping timeout' | 'parse error'

/** How one packet is sent. */
export interface SendOptions {
  /** Drops the packet, instead of queueing it, when the client has no poll, stream or WebSocket open. */
  volatile?: boolean
}

/** The transport of a connection. Never null, also between two polls. */
export interface TransportView {
  readonly name: TransportName
  /** Whether a packet would be sent at once. */
  readonly writable: boolean
}

/**
 * Augment this interface to set the type of `socket.context` (which `authorize` returns), and of `app.io`:
 * `declare module 'fastify-socketio-transports' { interface SocketioTypes { context: { user: string }, server: Server<MyEvents> } }`
 */
export interface SocketioTypes {}

/** What `authorize` returned for this session. `unknown` unless `SocketioTypes` is augmented. */
export type SocketContext = SocketioTypes extends { context: infer Context } ? Context : unknown

/** The events of a {@link Socket}. */
export interface SocketEvents {
  /** A decoded packet of the client. Packets are decoded only when a listener needs them. */
  packet: [packet: Packet]
  /**
   * A message of the client, not decoded: text or binary. Messages of revision 1 are translated to the grammar of Socket.IO protocol 4, for the
   * official Server. If a listener is added in 'connection', the plugin does not connect the default endpoint by itself: the listener must do it.
   */
  data: [data: string | Buffer]
  /** The session moved to another transport. */
  upgrade: [transport: TransportView]
  /**
   * Packets are on their way, and more may be sent. Emitted at the end of each turn of the event loop in which packets were sent at once. If packets had
   * to wait: emitted when `bufferedAmount` has fallen again (on a WebSocket: below 64 KiB).
   */
  drain: []
  /** The session has ended. Emitted once, and only if the session was connected. */
  close: [reason: CloseReason, details: SessionEnd]
  /** Only for the official Server, which listens to it. An error ends the session: use `close`. */
  error: [error: Error]
}

/** The connection of one client, independent of its transport. */
export interface Socket extends EventEmitter<SocketEvents> {
  /** The session id. */
  readonly id: string
  /** The protocol generation of the client. */
  readonly dialect: DialectName
  /** The Engine.IO protocol version that the official Server sees. It is 3 for revision 1. */
  readonly protocol: 3 | 4
  /**
   * `opening`: between the handshake and the first transport request. `open`: connected. `closing`: packets that were queued before
   * {@link close} wait for the client. `closed`: ended.
   */
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed'
  /**
   * The raw request of the handshake. When the connection of the handshake has been closed, and the session uses a WebSocket, its `socket` is the socket of
   * the WebSocket.
   */
  readonly request: IncomingMessage & { _query?: Record<string, unknown> }
  /** The address of the client at the handshake (see Fastify's `trustProxy`). */
  readonly remoteAddress: string
  /** The current transport. */
  readonly transport: TransportView
  /** The value that `authorize` returned; `undefined` without `authorize`. */
  readonly context: SocketContext
  /** Bytes that were sent by the application and not yet handed over to the operating system. At most `maxQueueBytes` of them are queued. */
  readonly bufferedAmount: number
  /** Packets and bytes since the handshake. A copy. */
  readonly traffic: Traffic
  /** The time of the handshake, ms since 1970 (`Date.now()`). */
  readonly openedAt: number
  /**
   * Sends a packet. The packet is queued while the client has no poll, stream or WebSocket open. If the packet asks for an acknowledgement, returns its
   * id. A `disconnect` packet on the default endpoint ends the session. On a session that is not open, this method does nothing.
   * @throws FST_SIO_INVALID_PACKET when the packet cannot be encoded, for example an endpoint with a colon or comma.
   */
  send (packet: OutgoingPacket, options?: SendOptions): string | undefined
  /**
   * Sends a message without encoding it, text or binary. To a client of revision 1, it must have the grammar of Socket.IO protocol 4, which is translated.
   * For the official Server, and for applications that use Engine.IO without Socket.IO. Other applications use {@link send}.
   */
  write (data: string | Uint8Array, options?: SendOptions): this
  /**
   * Ends the session. The client may open a new one. With Engine.IO, queued packets are sent first; a polling client has `closeTimeout` to
   * fetch them. Idempotent.
   */
  close (): void
}
