import t from 'tap'
import { EngineIo } from '../../src/dialects/engine-io.js'
import type { DialectSocket } from '../../src/dialect.js'
import type { Frame } from '../../src/codec/packet.js'

/** What a session sends when the Server writes this. */
function written (version: 3 | 4, data: unknown): Frame[] {
  const frames: Frame[] = []
  const socket = { id: 'a', enqueue: (frame: Frame) => { frames.push(frame) } } as unknown as DialectSocket
  const shared = { version, pingInterval: 1000, pingTimeout: 1000, maxPayload: 1000, maxAttachments: 10, parser: undefined }
  new EngineIo(socket, shared, []).write(data as Buffer, {})
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
