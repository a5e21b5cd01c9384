// What every codec has in common. Types only: no clock, no I/O, no Fastify.
import type { WirePacket } from '../../types/packet.js'

export type { AckKind, ErrorReason, OutgoingPacket, Packet, WirePacket } from '../../types/packet.js'

/** One encoded packet: exactly the contents of one WebSocket message. */
export type Frame = string | Buffer

/** Translates between packets, frames and payloads of one dialect. */
export interface Codec {
  /** @throws ProtocolError when the packet has no form on the wire. */
  encodePacket (packet: WirePacket): string
  /** @throws ProtocolError when the frame is no packet. */
  decodePacket (frame: string): WirePacket
  /** Packs one or more frames into one HTTP body. */
  encodePayload (frames: readonly Frame[]): string
  /** The frames of an HTTP body. @throws ProtocolError when its framing is broken. */
  decodePayload (payload: string): string[]
}

/** The only error a codec throws: what was given to it is not of its protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
