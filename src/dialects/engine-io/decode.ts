// Reads messages with a parser that may fail in any way.
import { ProtocolError } from '../../codec/packet.js'
import { PacketType } from '../../codec/socketio.js'
import type { SocketioCodec, SocketioPacket } from '../../codec/socketio.js'

/** The packet of a message; undefined while attachments are missing. @throws ProtocolError when the parser throws, or returns anything but a packet. */
export function decodeSafely (codec: SocketioCodec, data: string | Buffer): SocketioPacket | undefined {
  let packet: SocketioPacket | undefined
  try {
    packet = codec.decode(data)
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    throw new ProtocolError(error instanceof Error ? error.message : String(error))
  }
  if (packet !== undefined && (typeof packet.nsp !== 'string' || PacketType[packet.type] === undefined)) throw new ProtocolError('not a packet')
  return packet
}

/** The arguments of a packet. @throws ProtocolError when they are no list: parsers let a packet without data pass, and custom parsers any data. */
export function listOf (data: unknown): unknown[] {
  if (!Array.isArray(data)) throw new ProtocolError('the arguments are not a list')
  return data
}
