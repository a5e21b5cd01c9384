// CVE-2026-54490: a limit that is looked at before a message is inflated limits nothing: 200 KB on the wire are 200 MB. Compression is off by
// default; where it is on, maxPayload is for what comes out of it.
import { constants, deflateRawSync } from 'node:zlib'
import t from 'tap'
import { startTarget, withstands } from './withstands.js'
import { DEFLATE, webSockets } from './websocket-kinds.js'
import { FIN, frame, OPCODE, RSV1 } from '../kit/raw/frames.js'

const MAX_PAYLOAD = 1e6
const { text, binary, continuation } = OPCODE
const deflated = (bytes: Buffer): Buffer => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)

const BOMB = deflated(Buffer.alloc(200e6, 'a'))
const MESSAGES: [name: string, bytes: Buffer][] = [
  ['one byte too many', frame(FIN | RSV1 | text, deflated(Buffer.alloc(MAX_PAYLOAD + 1, 'a')))],
  ['200 MB', frame(FIN | RSV1 | text, BOMB)],
  ['200 MB of binary', frame(FIN | RSV1 | binary, BOMB)],
  ['200 MB in fragments', Buffer.concat([
    frame(RSV1 | text, BOMB.subarray(0, 1000)), frame(continuation, BOMB.subarray(1000, 5000)), frame(FIN | continuation, BOMB.subarray(5000))
  ])]
]

t.test('a message that is too long only when it is inflated is refused', async (t) => {
  const target = await startTarget(t, 'server', { perMessageDeflate: true })
  for (const [name, bytes] of MESSAGES) {
    await t.test(name, (t) => withstands(t, target, { held: 16, peak: 48 }, async () => {
      for (const one of await webSockets(t, target.port, DEFLATE)) {
        await one.raw.write(bytes)
        await one.isClosed(t, 1009)
      }
    }))
  }
})

t.test('what nobody agreed to compress is refused', async (t) => {
  const target = await startTarget(t, 'packets')
  await withstands(t, target, { held: 4, peak: 16 }, async () => {
    for (const one of await webSockets(t, target.port, DEFLATE)) {
      await one.raw.write(frame(FIN | RSV1 | text, BOMB))
      await one.isClosed(t, 1002)
    }
  })
})
