// A packet face between a session and an application that are lists, so that a test writes all messages out.
import { SocketioCodec } from '../../../src/codec/socketio.js'
import { PacketFace } from '../../../src/dialects/engine-io/packets.js'
import type { ParserModule } from '../../../types/options.js'
import type { OutgoingPacket, Packet } from '../../../types/packet.js'
import type { SendOptions } from '../../../types/socket.js'

interface Overrides { raw?: boolean, parser?: ParserModule }
type Message = string | Buffer

/** @param protocol 3: clients 1.x and 2.x, 4: clients 3.x and 4.x */
export function setUp (protocol: 3 | 4, { raw = false, parser }: Overrides = {}) {
  const packets: Packet[] = []
  const written: Message[] = []
  const seen = { closed: 0, options: [] as SendOptions[] }
  const face = new PacketFace({
    id: 'abc',
    protocol,
    raw,
    write: (data, options) => {
      written.push(data)
      seen.options.push(options)
    },
    emit: (packet) => { packets.push(packet) },
    close: () => { seen.closed++ }
  }, new SocketioCodec(parser, { maxAttachments: 10, maxPayload: 1000 }))
  return {
    seen,
    /** What the client hears since it was asked last. */
    heard: (): Message[] => written.splice(0),
    /** The client's messages; what the application sees of them. */
    client (...messages: Message[]): Packet[] {
      for (const message of messages) face.receive(message)
      return packets.splice(0)
    },
    /** The application's packet; what the client hears, and what the application is told. */
    app (packet: OutgoingPacket, options: SendOptions = {}): { id: string | undefined, heard: Message[] } {
      const id = face.send(packet, options)
      return { id, heard: written.splice(0) }
    }
  }
}
