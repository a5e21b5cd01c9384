// The contract between a session and the protocol generation its client speaks. Types only.
import type { DialectName, SendOptions } from '../../types/socket.js'
import type { Frame, OutgoingPacket, Packet } from '../codec/packet.js'
import type { EndReason, Transport } from './transport.js'

/** How a dialect finds out whether its client lives; ms. */
export interface Heartbeat {
  /** What the server sends, to be answered; undefined where the client sends, and the server answers. */
  readonly frame: Frame | undefined
  /** From the client's last heartbeat to the server's next one or, where the client sends them, to its end; `false`: never. */
  readonly interval: number | false
  /** How long the client may take to answer. */
  readonly timeout: number
  /** Whether polls carry heartbeats too. Where they do not, a client lives that comes back in time. */
  readonly onPolls: boolean
}

/** What a session's packets mean; one object per session. */
export interface Dialect {
  readonly name: DialectName
  /** The Engine.IO protocol number that the official Server sees. */
  readonly protocol: 3 | 4
  readonly heartbeat: Heartbeat
  /** Whether the official Server reads the messages. */
  readonly onServer: boolean
  /** Whether what is queued when the application ends the session still goes out, if the client comes for it. */
  readonly flushesOnClose: boolean
  /** The last frame of a session that ends for `reason`, where the transport needs one to tell the client. */
  farewell (transport: Transport, reason: EndReason): Frame | undefined
  /** The session has connected and its 'connection' listeners have run. */
  opened (): void
  /**
   * Returns whether the packet was heard. One that asks for an acknowledgement is not, while its client is told to go: that could not be told, and
   * clients which send it again would be heard twice.
   * @throws ProtocolError when the frame is no packet.
   */
  receive (frame: Frame): boolean
  /** @throws ProtocolError when the packet has no form in this dialect. */
  send (packet: OutgoingPacket, options: SendOptions): string | undefined
  write (data: string | Uint8Array, options: SendOptions): void
}

/** What a dialect may do with its session. */
export interface DialectSession {
  readonly id: string
  readonly readyState: 'opening' | 'open' | 'closing' | 'closed'
  /** Whether the application has let go of it: what its client says is not heard any more. */
  readonly deaf: boolean
  /** Whether its client is being told to go, and what it had said by then is still heard. */
  readonly parting: boolean
  /** Sends a frame, or queues it. */
  enqueue (frame: Frame, volatile?: boolean): void
  /** The same, unless such a frame waits already and is the last: a client may ask faster than it listens. */
  enqueueOnce (frame: Frame): void
  /** Puts a frame before everything that is queued. */
  enqueueFirst (frame: Frame): void
  /** The client's heartbeat has come. */
  onHeartbeat (): void
  end (reason: EndReason, farewell?: Frame, cause?: Error): void
  /** Ends the session when what is queued has gone out. */
  close (): void
  /** The same with a goodbye behind what is queued, which waits for the client's next poll where it must. */
  dismiss (goodbye: Frame): void
  /**
   * So many bytes are held for this client beside its queue. Returns whether there is room for them; where there is none, they do not count, and
   * the caller is to let go of them.
   */
  keep (bytes: number): boolean
  /** Logs what the client does wrong, once a session. */
  warn (message: string): void
  listenerCount (event: 'packet' | 'data'): number
  /**
   * Hands message text to 'data' listeners, in order.
   * @param isGoodbye whether the official Server lets go of a socket when it reads it: it waits until what came before has been heard
   */
  deliver (data: string | Buffer, isGoodbye: boolean): void
  /** Calls when all that was delivered has been heard. */
  afterDelivered (call: () => void): void
  /** Tells 'packet' listeners, whose failures stop nobody else. */
  emitPacket (packet: Packet): void
}
