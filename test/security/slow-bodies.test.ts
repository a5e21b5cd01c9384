// A POST whose body trickles in, or never comes: engine.io reads on for as long as Node's requestTimeout lets it, Fastify by itself for ever.
// Here bodyTimeout ends it with 408, and nothing of it is delivered.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { posters } from './posters.js'
import type { Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import type { RawAnswer } from '../kit/raw/connection.js'
import { startTarget, withstands } from './withstands.js'
import { chunk, head, post } from '../kit/raw/http.js'

/** ms */
const BODY_TIMEOUT = 500
/** Between two bytes, ms: an answer is read before the next one breaks its connection. */
const TRICKLE = 150
/** Connections of one attacker at a time, on each transport. */
const SLOW = 20
const ENGINE = '{"code":3,"message":"Body timeout"}'
const REVISION_1 = 'body timeout'
const refusal = ({ dialect }: Poster): string => dialect === 'revision 1' ? REVISION_1 : ENGINE

/** Ways to be slow; each writes the head of a POST, and what comes of its body until somebody has had enough. */
const WAYS: Record<string, (raw: RawConnection, poster: Poster) => Promise<void>> = {
  'never comes': async (raw, { path, type }) => { await raw.write(head('POST', path, `Content-Type: ${type}`, 'Content-Length: 100')) },
  'stops before its last byte': async (raw, poster) => {
    const body = poster.body(poster.message('slow'))
    await raw.write(head('POST', poster.path, `Content-Type: ${poster.type}`, `Content-Length: ${body.length + 1}`) + body)
  },
  'trickles in': async (raw, { path, type }) => {
    await raw.write(head('POST', path, `Content-Type: ${type}`, 'Content-Length: 1000000'))
    while (!raw.socket.destroyed) {
      await raw.write('x')
      await pause(TRICKLE)
    }
  },
  'trickles in by chunks': async (raw, { path, type }) => {
    await raw.write(head('POST', path, `Content-Type: ${type}`, 'Transfer-Encoding: chunked'))
    while (!raw.socket.destroyed) {
      await raw.write(chunk('x'))
      await pause(TRICKLE)
    }
  },
  'comes in chunks without the last one': async (raw, poster) => {
    await raw.write(head('POST', poster.path, `Content-Type: ${poster.type}`, 'Transfer-Encoding: chunked'))
    await raw.write(chunk(poster.body(poster.message('slow'))))
  }
}

/** How it is answered; undefined when the answer was lost: what is still written to a connection that was closed breaks it. */
async function slowly (port: number, poster: Poster, way: (raw: RawConnection, poster: Poster) => Promise<void>): Promise<RawAnswer | undefined> {
  const raw = new RawConnection(port)
  const answer = raw.answer().catch(() => undefined)
  await way(raw, poster)
  await raw.closed
  return await answer
}

t.test('a body', async (t) => {
  const target = await startTarget(t, 'server', { bodyTimeout: BODY_TIMEOUT })
  for (const [name, way] of Object.entries(WAYS)) {
    await t.test(`that ${name} is given bodyTimeout, and nothing of it is delivered`, async (t) => {
      const all = await posters(t, target)
      await withstands(t, target, { held: 4, peak: 32 }, async () => {
        await Promise.all(all.map(async (poster) => {
          const answers = (await Promise.all(Array.from({ length: SLOW }, () => slowly(target.port, poster, way)))).flatMap((answer) => answer ?? [])
          const words = new Set(answers.map(({ status, body, head }) => `${status} ${body} ${/connection: \w+/i.exec(head)?.[0] ?? ''}`))
          t.strictSame([...words], [`408 ${refusal(poster)} connection: close`], poster.name)
          t.ok(name.startsWith('trickles') || answers.length === SLOW, `${answers.length} of ${SLOW} answers have arrived`)
        }))
      })
      for (const poster of all) await t.resolves(poster.lives(), `${poster.name}: the session lives`) // and hears no other echo before
    })
  }
})

/** What is refused or ignored without its body, which is waited for all the same. */
const OTHERS: [method: string, path: string, body: string][] = [
  ...['PUT', 'PATCH', 'DELETE'].flatMap((method) => ['polling', 'websocket', 'unknown'].map((transport): [string, string, string] =>
    [method, `/socket.io/?EIO=4&transport=${transport}`, ENGINE])),
  ['POST', '/socket.io/?EIO=3&transport=polling', ENGINE],
  ['POST', '/socket.io/?EIO=5&transport=polling', ENGINE],
  ['POST', '/socket.io/1/', REVISION_1],
  ['POST', '/socket.io/1/xhr-polling/unknown', REVISION_1],
  ['POST', '/socket.io/1/unknown/unknown', REVISION_1]
]

t.test('a body that nothing is done with is given no more time', async (t) => {
  const target = await startTarget(t, 'packets', { bodyTimeout: BODY_TIMEOUT })
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    await Promise.all(OTHERS.map(async ([method, path, refusal]) => {
      const raw = new RawConnection(target.port)
      await raw.write(head(method, path, 'Content-Type: text/plain', 'Content-Length: 100'))
      const { status, body } = await raw.answer()
      t.strictSame([status, body], [408, refusal], `${method} ${path}`)
      await raw.closed
    }))
  })
})

t.test('a body that is as slow and in time is taken', async (t) => {
  const target = await startTarget(t, 'packets', { bodyTimeout: 20 * BODY_TIMEOUT })
  for (const poster of await posters(t, target)) {
    const raw = new RawConnection(target.port)
    const { status, body } = await post(raw, poster, poster.body(poster.message('in time')))
    t.strictSame([status, body], poster.taken)
    raw.reset()
  }
})
