// A face between a client and a Server that are lists, so that a test writes all bytes out.
import { LastEncoded } from '../../src/codec/last-encoded.js'
import { revision1 } from '../../src/codec/revision-1.js'
import { SocketioCodec } from '../../src/codec/socketio.js'
import { ServerFace } from '../../src/dialects/revision-1/server.js'
import type { Packet } from '../../src/codec/packet.js'
import type { ParserModule } from '../../types/options.js'

interface Overrides { maxEndpoints?: number, maxAcks?: number, maxPayload?: number, last?: LastEncoded<string>, parser?: ParserModule, offsets?: boolean }

/** A face whose default endpoint is not connected yet. */
export function setUp ({ maxEndpoints = 20, maxAcks = 10, maxPayload = 1000, last = new LastEncoded<string>(), parser, offsets = false }: Overrides = {}) {
  const toServer: (string | Buffer)[] = []
  const toClient: unknown[] = []
  const seen = { disconnects: 0, overflows: 0 }
  let ids = 0
  const face = new ServerFace({
    deliver: (data) => toServer.push(data),
    enqueue: (frame, volatile) => toClient.push(volatile ? { volatile: frame } : frame),
    keep: () => true,
    warn: () => {},
    end: () => { seen.overflows++ }
  }, {
    nextId: () => String(++ids),
    disconnect: () => { seen.disconnects++ }
  }, { codec: new SocketioCodec(parser), limits: { maxEndpoints, maxAcks, maxPayload }, last, isOffset: () => offsets })
  return {
    seen,
    face,
    /** The client's frames; returns what the Server got. */
    client (...frames: string[]): (string | Buffer)[] {
      for (const frame of frames) if (seen.overflows === 0) face.receive(revision1.decodePacket(frame) as Packet)
      return toServer.splice(0)
    },
    /** The Server's pieces; returns what the client got. */
    server (...pieces: (string | Buffer)[]): unknown[] {
      for (const piece of pieces) face.write(piece, false)
      return toClient.splice(0)
    },
    /** What the Server has got by the next tick. */
    async later (): Promise<(string | Buffer)[]> {
      await new Promise((resolve) => { setImmediate(resolve) })
      return toServer.splice(0)
    }
  }
}

/** A face with these endpoints connected, beside the default one. */
export async function connected (endpoints: readonly string[], overrides?: Overrides): Promise<ReturnType<typeof setUp>> {
  const pair = setUp(overrides)
  pair.server('0{"sid":"abc"}')
  await pair.later()
  for (const endpoint of endpoints) {
    pair.client(`1::${endpoint}`)
    pair.server(`0${endpoint},{"sid":"abc"}`)
    await pair.later()
  }
  return pair
}
