// Clients that send and never read what comes back, on every transport: engine.io keeps what it has for them without a bound. Here a session
// holds no more than maxQueueBytes, and all together no more than maxTotalQueueBytes; above, it ends as `slow client`.
import t from 'tap'
import type { Test } from 'tap'
import { posters } from './posters.js'
import type { Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { UNKNOWN_SESSION } from './refusal-texts.js'
import { startTarget, withstands } from './withstands.js'
import { webSockets } from './websocket-kinds.js'
import { head, post } from '../kit/raw/http.js'
import { FIN, frame, OPCODE } from '../kit/raw/frames.js'

const MEGABYTE = 1e6
const MAX_QUEUE = 8 * MEGABYTE
const MESSAGE = 'x'.repeat(MEGABYTE / 4)
/** What a client gets that never reads: more than its queue and the buffers of the system hold. */
const MANY = 120
/** As many as its queue holds. */
const SOME = 28

/** MiB: a queue with copies of it on their way into answers. All that the attackers send is ten times as much. */
const BOUNDS = { held: 16, peak: 128 }

const isStream = ({ client }: Poster): boolean => 'name' in client && !client.name.endsWith('polling')

/** POSTs messages, and never reads their echoes: with nothing held open, or something whose answer stays unread. */
async function neverReads (t: Test, port: number, poster: Poster, first: number): Promise<void> {
  const raw = new RawConnection(port)
  const held = new RawConnection(port)
  const say = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const { status, body } = await post(raw, poster, poster.body(poster.message(MESSAGE)))
      if (status === 400 && poster.dialect !== 'revision 1') return
      t.strictSame([status, body], poster.taken, poster.name)
    }
  }
  await say(first)
  held.socket.pause()
  if (first < MANY) {
    await held.write(head('GET', poster.path))
    await say(MANY)
    held.socket.resume()
    // A poll's answer is no longer than what the system takes of it: its connection lasts. A stream's is under way.
    if (isStream(poster)) {
      await held.closed
      t.pass(`${poster.name}: its connection is broken off`)
    }
    held.socket.destroy()
  }
  poster.client.close()
  await raw.write(head('GET', poster.path, 'Connection: close'))
  await raw.closed
  t.match(String(raw.received), poster.dialect === 'revision 1' ? '7:::1+0' : UNKNOWN_SESSION, `${poster.name}: its session has ended`)
}

t.test('a client that never reads', async (t) => {
  const target = await startTarget(t, 'server', { maxQueueBytes: MAX_QUEUE })
  const { port } = target

  for (const [name, first] of [['and holds nothing open', MANY], ['the answer it has open', SOME]] as const) {
    await t.test(name, async (t) => {
      const all = (await posters(t, target)).filter(({ client }) => first === SOME || !('name' in client) || client.name.endsWith('polling'))
      const { ended } = await withstands(t, target, BOUNDS, async () => {
        for (const poster of all) await neverReads(t, port, poster, first)
      })
      t.strictSame(ended, { 'slow client': all.length })
    })
  }

  await t.test('its WebSocket', async (t) => {
    const all = (await webSockets(t, port)).filter(({ polling }) => polling === undefined)
    const { ended } = await withstands(t, target, BOUNDS, async () => {
      for (const one of all) {
        one.raw.socket.pause()
        for (let i = 0; i < MANY && !one.raw.socket.destroyed; i++) await one.raw.write(frame(FIN | OPCODE.text, one.message(MESSAGE)))
        one.raw.socket.resume()
        await one.raw.closed
        t.pass(`${one.name}: it is broken off`)
      }
    })
    t.strictSame(ended, { 'slow client': all.length })
  })
})

t.test('many clients that never read, each within its bound', async (t) => {
  const maxTotalQueueBytes = 6 * MEGABYTE
  const target = await startTarget(t, 'server', { maxTotalQueueBytes })
  const all = [...await posters(t, target), ...await posters(t, target)].filter(({ dialect }) => dialect !== 'revision 1')
  const queued: number[] = []
  const { ended } = await withstands(t, target, BOUNDS, async () => {
    for (let i = 0; i < SOME / 4; i++) {
      for (const poster of all) {
        const raw = new RawConnection(target.port)
        await post(raw, poster, poster.body(poster.message(MESSAGE)))
        raw.reset()
      }
      const state = await target.state()
      queued.push(state.queued)
      t.strictSame(state.faults, [])
    }
  })
  const most = Math.max(...queued)
  t.ok(most > maxTotalQueueBytes / 4 && most <= maxTotalQueueBytes, `no more than maxTotalQueueBytes waits: ${most}`)
  t.ok((ended['slow client'] ?? 0) > 0 && Object.keys(ended).length === 1, `who has most waiting goes first: ${JSON.stringify(ended)}`)
})
