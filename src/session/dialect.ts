// The contract between a session and the protocol generation of its client. Types only.
import type { DialectName, SendOptions } from '../../types/socket.js'
import type { Frame, OutgoingPacket, Packet } from '../codec/packet.js'
import type { EndReason, Transport } from './transport.js'

/** The heartbeats of a dialect. Times in ms. */
export interface Heartbeat {
  /** The heartbeat of the server, which the client answers. Undefined if the client sends heartbeats and the server answers them. */
  readonly frame: Frame | undefined
  /**
   * Time from the client's last heartbeat to the next one of the server. If the client sends the heartbeats: to the end of the session.
   * `false`: no heartbeats, no end.
   */
  readonly interval: number | false
  /** Time within which the client must answer. */
  readonly timeout: number
  /** Whether heartbeats are also sent on polls. If not, a polling client must send its next poll within `closeTimeout`. */
  readonly onPolls: boolean
}

/** Handles the packets of one session. */
export interface Dialect {
  readonly name: DialectName
  /** The Engine.IO protocol number that the official Server sees. */
  readonly protocol: 3 | 4
  readonly heartbeat: Heartbeat
  /** Whether the official Server handles the messages. */
  readonly onServer: boolean
  /** Whether queued frames are still sent after the application has closed the session, as soon as the client can receive them. */
  readonly flushesOnClose: boolean
  /** Returns the last frame of a session that ends for `reason`; undefined if the end of the transport informs the client. */
  farewell (transport: Transport, reason: EndReason): Frame | undefined
  /** Called when the session has connected, after the listeners of 'connection'. */
  opened (): void
  /**
   * Handles a packet of the client. Returns false if it was dropped: while the session is parting, packets that ask for an acknowledgement are dropped.
   * The acknowledgement could not be sent any more, so the client may send the packet again to the next server, and it would be delivered twice.
   * @throws ProtocolError when the frame is no packet.
   */
  receive (frame: Frame): boolean
  /** @throws ProtocolError when the packet has no form in this dialect. */
  send (packet: OutgoingPacket, options: SendOptions): string | undefined
  write (data: string | Uint8Array, options: SendOptions): void
}

/** The session, as its dialect uses it. */
export interface DialectSession {
  readonly id: string
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed'
  /** Whether the application has closed the session: packets of the client are not delivered any more. */
  readonly deaf: boolean
  /** Whether the server is ending the session: its client is told to leave, and packets that it sends meanwhile are still delivered. */
  readonly parting: boolean
  /** Sends a frame, or queues it. */
  enqueue (frame: Frame, volatile?: boolean): void
  /** Enqueues a frame, unless the same frame is the last in the queue: a client may send pings faster than it reads the answers. */
  enqueueOnce (frame: Frame): void
  /** Puts a frame before everything that is queued. */
  enqueueFirst (frame: Frame): void
  /** Restarts the heartbeat timer, because a heartbeat of the client has come. */
  onHeartbeat (): void
  end (reason: EndReason, farewell?: Frame, cause?: Error): void
  /** Ends the session; with `flushesOnClose`, after the queued frames have been sent. */
  close (): void
  /** Sends the queued frames, then `goodbye`, and ends the session. For a client that polls, they wait for the next poll. */
  dismiss (goodbye: Frame): void
  /**
   * Sets how many bytes of memory the dialect holds for this client outside the queue. Returns whether they fit. If not, the former number stays, and
   * the caller must release the additional bytes.
   */
  keep (bytes: number): boolean
  /** Logs a mistake of the client: the first one of a session as a warning, the others at debug level. */
  warn (message: string): void
  listenerCount (event: 'packet' | 'data'): number
  /**
   * Emits 'data' with a message, in order.
   * @param isGoodbye whether the official Server disconnects a socket when it reads the message: the message then waits until listeners have got all
   * messages before it
   */
  deliver (data: string | Buffer, isGoodbye: boolean): void
  /** Calls a function after listeners of the official Server have got all messages delivered so far. */
  afterDelivered (call: () => void): void
  /** Emits 'packet'. Logs an error of a listener instead of throwing it. */
  emitPacket (packet: Packet): void
}
