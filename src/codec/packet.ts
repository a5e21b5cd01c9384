// What every codec has in common. Types only: no clock, no I/O, no Fastify.
import type { HeartbeatPacket, NoopPacket, OutgoingPacket, WirePacket } from '../../types/packet.js'

export type { AckKind, ErrorReason, OutgoingPacket, Packet, WirePacket } from '../../types/packet.js'

/** One encoded packet: exactly the contents of one WebSocket message. */
export type Frame = string | Buffer

/** Translates between frames and payloads. Polls need no other part of a dialect. */
export interface PayloadCodec {
  /** Packs one or more frames into one HTTP body. */
  encodePayload (frames: readonly Frame[]): string | Buffer
  /**
   * The frames of an HTTP body. @throws ProtocolError when its framing is broken, TooManyPacketsError when there are more than
   * `maxPackets`; it stops reading there.
   */
  decodePayload (payload: string | Buffer, maxPackets?: number): Frame[]
}

/** Translates between packets, frames and payloads of revision 1, all of which are text. */
export interface Codec extends PayloadCodec {
  /** @throws ProtocolError when the packet has no form on the wire. */
  encodePacket (packet: OutgoingPacket | HeartbeatPacket | NoopPacket): string
  /** @throws ProtocolError when the frame is no packet. */
  decodePacket (frame: string): WirePacket
  encodePayload (frames: readonly Frame[]): string
  decodePayload (payload: string | Buffer, maxPackets?: number): string[]
}

/** The only error a codec throws: what was given to it is not of its protocol. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
}

/** The attachments of a packet exceed their limit of bytes together. */
export class AttachmentsTooLargeError extends ProtocolError {
  override readonly name = 'AttachmentsTooLargeError'

  constructor (maxBytes: number) {
    super(`attachments of more than ${maxBytes} bytes`)
  }
}

/** A payload has more packets than allowed. */
export class TooManyPacketsError extends ProtocolError {
  override readonly name = 'TooManyPacketsError'

  constructor (maxPackets: number) {
    super(`more than ${maxPackets} packets in a payload (the option maxPackets)`)
  }
}
