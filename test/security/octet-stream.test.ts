// CVE-2026-59725: engine.io refused a binary body of version 4 without ending its answer, so that each such POST held a connection for
// ever. Each is answered here, at once and whole, and its connection serves the next request.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { enginePoster, revision1Poster } from './posters.js'
import type { Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { BAD_REQUEST, UNKNOWN_SESSION } from './refusal-texts.js'
import { POLLING, POSTING } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { inTime } from '../kit/waiting.js'
import { head, post } from '../kit/raw/http.js'

/** One type, in the spellings that a server may tell it by, or not. */
const TYPES = [
  'application/octet-stream', 'Application/Octet-Stream', 'application/octet-stream; charset=UTF-8', 'application/octet-stream;x=y'
]

/** POSTs it, and asks for a page on the same connection. */
async function isAnswered (t: Test, port: number, poster: Poster, type: string, expected: readonly [number, string]): Promise<void> {
  const raw = new RawConnection(port)
  const { status, body } = await inTime(post(raw, { ...poster, type }, poster.body(poster.message('bytes'))), 'answer')
  t.strictSame([status, body], expected, `${poster.name}: ${type}`)
  await raw.write(head('GET', '/'))
  t.equal((await inTime(raw.answer(), 'answer')).body, 'hello', 'the connection serves the next request')
  raw.reset()
}

t.test('a binary body of engine 4 is refused, and ends its session', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  const { ended } = await withstands(t, target, { held: 4, peak: 32 }, async () => {
    for (const way of POLLING) {
      for (const type of TYPES) {
        const poster = await enginePoster(t, port, 4, way)
        await isAnswered(t, port, poster, type, [400, BAD_REQUEST])
        const raw = new RawConnection(port)
        const { status, body } = await post(raw, poster, poster.message('again'))
        t.strictSame([status, body], [400, UNKNOWN_SESSION])
        raw.reset()
        poster.client.close()
      }
    }
  })
  t.strictSame(ended, { 'parse error': POLLING.length * TYPES.length })
})

t.test('text under the name of bytes is refused in engine 3, and of no meaning in revision 1', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    for (const type of TYPES) {
      for (const way of POLLING) await isAnswered(t, port, await enginePoster(t, port, 3, way), type, [400, BAD_REQUEST])
      for (const name of POSTING) {
        const poster = await revision1Poster(t, port, name)
        await isAnswered(t, port, poster, type, [200, '1'])
        t.equal(await poster.client.next(), '3:::bytes', 'the packet was heard')
      }
    }
  })
})

t.test('a hundred of them hold no connections', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    const raw = new RawConnection(port)
    for (let i = 0; i < 100; i++) {
      const poster = await enginePoster(t, port, 4, 'xhr')
      const { status } = await inTime(post(raw, { ...poster, type: 'application/octet-stream' }, '4x'), 'answer')
      if (status !== 400) throw new Error(`answered with ${status}`)
      poster.client.close()
    }
    raw.reset()
  })
  while ((await target.state()).connections > target.bystanders.length) await pause(50)
})
