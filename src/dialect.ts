// The contract between a Socket and the protocol generation its client speaks. Types only.
import type { DialectName, SendOptions } from '../types/socket.js'
import type { Frame, OutgoingPacket, Packet } from './codec/packet.js'
import type { CloseReason } from './transport.js'

/** What a session's packets mean; one object per session. */
export interface Dialect {
  readonly name: DialectName
  /** The Engine.IO protocol number that the official Server sees. */
  readonly protocol: 3 | 4
  /** What the server sends to hear whether the client lives. */
  readonly heartbeat: Frame
  /** What tells the client to handshake anew. */
  readonly comeBack: Frame
  /** The session has connected and its 'connection' listeners have run. */
  opened (): void
  /** @throws ProtocolError when the frame is no packet. */
  receive (frame: Frame): void
  /** @throws ProtocolError when the packet has no form in this dialect. */
  send (packet: OutgoingPacket, options: SendOptions): string | undefined
  write (data: string | Buffer, options: SendOptions): void
}

/** What a dialect may do with its Socket. */
export interface DialectSocket {
  /** Sends a frame, or queues it. */
  enqueue (frame: Frame, volatile?: boolean): void
  /** Puts a frame before everything that is queued. */
  enqueueFirst (frame: Frame): void
  /** The client's heartbeat has come. */
  heard (): void
  end (reason: CloseReason, farewell?: Frame): void
  listenerCount (event: 'packet' | 'data'): number
  emit (event: 'packet', packet: Packet): boolean
  emit (event: 'data', data: string | Buffer): boolean
}
