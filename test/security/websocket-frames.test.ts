// Frames that cost more than they say, on every WebSocket: CVE-2016-10542 (a length without a limit), CVE-2026-54466 (a length above 2^53),
// CVE-2026-48779 (messages without an end, in fragments that hold next to nothing).
import t from 'tap'
import { startTarget, withstands } from './withstands.js'
import { times, webSockets } from './websocket-kinds.js'
import { FIN, frame, OPCODE } from '../kit/raw/frames.js'
import type { Attacked } from './websocket-kinds.js'

const MAX_PAYLOAD = 1e6
const { text, binary, continuation, ping, pong } = OPCODE

/** Frames whose head is enough to refuse them. */
const HEADS: [name: string, bytes: Buffer, code: number][] = [
  ['one byte too many', frame(FIN | text, '', MAX_PAYLOAD + 1), 1009],
  ['one byte too many in binary', frame(FIN | binary, '', MAX_PAYLOAD + 1), 1009],
  ['one byte too many in a fragment', frame(text, '', MAX_PAYLOAD + 1), 1009],
  ['one byte too many in two fragments', Buffer.concat([frame(text, 'x'), frame(continuation, '', MAX_PAYLOAD)]), 1009],
  ['2^30 bytes', frame(FIN | text, '', 2 ** 30), 1009],
  ['2^31 bytes', frame(FIN | text, '', 2 ** 31), 1009],
  ['2^32 bytes', frame(FIN | text, '', 2 ** 32), 1009],
  ['2^53 - 1 bytes', frame(FIN | text, '', 2n ** 53n - 1n), 1009],
  ['2^53 bytes', frame(FIN | text, '', 2n ** 53n), 1009],
  ['2^53 + 1 bytes, which is no number of JavaScript', frame(FIN | text, '', 2n ** 53n + 1n), 1009],
  ['2^63 bytes', frame(FIN | text, '', 2n ** 63n), 1009],
  ['2^64 - 1 bytes', frame(FIN | text, '', 2n ** 64n - 1n), 1009],
  ['126 bytes of a ping, which may have 125', frame(FIN | ping, '', 126), 1002]
]

t.test('a frame that says it is too long is refused by its head', async (t) => {
  const target = await startTarget(t, 'server')
  for (const [name, bytes, code] of HEADS) {
    await t.test(name, (t) => withstands(t, target, { held: 4, peak: 16 }, async () => {
      for (const one of await webSockets(t, target.port)) {
        await one.raw.write(bytes)
        await one.isClosed(t, code)
      }
    }))
  }
})

/** What a fragment may come in: frames that say nothing, and stay in memory with what was read together with them. */
const PADDING = times(490, frame(FIN | pong, Buffer.alloc(125)))
const FRAGMENTS: [name: string, fragment: Buffer][] = [
  ['of one byte', frame(continuation, 'x')],
  ['of nothing', frame(continuation)],
  ['of one byte among 64 KB of pongs', Buffer.concat([frame(continuation, 'x'), PADDING])]
]
/** For these tests, bytes; a message may have a fragment for each KiB. */
const SMALL = 200_000
const MOST = 196

/** Begins a message, and adds so many fragments to it. */
async function pour ({ raw }: Attacked, fragment: Buffer, count: number): Promise<void> {
  await raw.write(frame(text))
  const together = Math.max(Math.floor(65_536 / fragment.length), 1)
  for (let left = count; left > 0; left -= together) await raw.write(times(Math.min(together, left), fragment))
}

t.test('a message without an end', async (t) => {
  const target = await startTarget(t, 'packets', { maxPayload: SMALL })
  for (const [name, fragment] of FRAGMENTS) {
    await t.test(`is refused when it has too many fragments ${name}`, (t) => withstands(t, target, { held: 32, peak: 80 }, async () => {
      for (const one of await webSockets(t, target.port)) {
        await pour(one, fragment, MOST)
        await one.raw.write(frame(FIN | ping, 'on')) // answered by a server that goes on; its answer is not what is expected
        await one.isClosed(t, 1008)
      }
    }))
  }

  await t.test('costs little below that', async (t) => {
    const all = await webSockets(t, target.port)
    await withstands(t, target, { held: 4, peak: 48 }, async () => {
      for (const one of all) {
        await pour(one, frame(continuation, 'x'), MOST - 1)
        await one.raw.write(frame(FIN | ping, 'on'))
        t.strictSame(await one.raw.take(4), Buffer.from([FIN | pong, 2, ...Buffer.from('on')]), one.name)
      }
    })
    for (const { raw } of all) raw.reset()
  })
})
