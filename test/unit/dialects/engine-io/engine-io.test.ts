import t from 'tap'
import { LastEncoded } from '../../../../src/codec/last-encoded.js'
import { EngineIo } from '../../../../src/dialects/engine-io/engine-io.js'
import type { DialectSocket } from '../../../../src/session/dialect.js'
import type { Frame } from '../../../../src/codec/packet.js'

/** What sessions that share their encoder send when the Server writes this, each to another one. */
function written (version: 3 | 4, ...messages: unknown[]): Frame[] {
  const frames: Frame[] = []
  const socket = { id: 'a', enqueue: (frame: Frame) => { frames.push(frame) } } as unknown as DialectSocket
  const shared = { version, pingInterval: 1000, pingTimeout: 1000, maxPayload: 1000, maxAttachments: 10, maxNesting: 1000, maxArguments: 1000, maxEndpoints: 10, parser: undefined, isMessagePack: false, isSocketio: true, last: new LastEncoded<Frame>() }
  for (const data of messages) new EngineIo(socket, shared, []).write(data as Buffer, {})
  return frames
}

const bytes = Uint8Array.of(9, 1, 2, 9).subarray(1, 3)
const kinds: Record<string, unknown> = {
  Buffer: Buffer.of(1, 2),
  Uint8Array: bytes,
  ArrayBuffer: bytes.slice().buffer,
  DataView: new DataView(bytes.buffer, 1, 2),
  Uint16Array: new Uint16Array(Uint8Array.of(1, 2).buffer)
}

for (const [name, data] of Object.entries(kinds)) {
  t.test(`binary that the Server hands on as ${name} is sent as its bytes`, async (t) => {
    t.strictSame(written(4, data), [Buffer.of(1, 2)])
    t.strictSame(written(3, data), [Buffer.of(4, 1, 2)])
  })
}

t.test('what is said to many is what is said to each, whatever was said before', async (t) => {
  for (const version of [3, 4] as const) {
    t.strictSame(written(version, 'a', 'a', 'b', 'a', '', ''), ['4a', '4a', '4b', '4a', '4', '4'])
  }
  const bytes = Uint8Array.of(1)
  written(3, bytes)
  bytes[0] = 2
  t.strictSame(written(3, bytes), [Buffer.of(4, 2)], 'bytes that have changed meanwhile')
})
