// CVE-2017-16031: socket.io up to 0.9.6 made session ids of Math.random and the clock: who saw some could tell those of others. Ids here
// owe nothing to either, none is like another, and one that is nearly right opens nothing.
import t from 'tap'
import { fetchText } from '../kit/request.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { UNKNOWN_SESSION } from './refusal-texts.js'
import { echoes, engine, revision1, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'

const COUNT = 300
/** 20 characters of 64: 120 bits. */
const ID = /^[A-Za-z0-9_-]{20}$/
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

async function openPacket (port: number, eio: number): Promise<string> {
  const { body } = await fetchText(`http://127.0.0.1:${port}/socket.io/?EIO=${eio}&transport=polling`)
  return /"sid":"([^"]*)"/.exec(body)?.[1] ?? body
}

/** Ids of new sessions, in every dialect. */
async function ids ({ port, dialects }: Target, count: number): Promise<string[]> {
  const all: string[] = []
  for (let i = 0; i < count; i++) {
    if (dialects.includes('revision 1')) all.push(await handshakeAt(port))
    for (const eio of VERSIONS) if (dialects.includes(`engine ${eio}`)) all.push(await openPacket(port, eio))
  }
  return all
}

/** The bits of an id. */
const bitsOf = (id: string): number[] => [...id].flatMap((character) => {
  const value = ALPHABET.indexOf(character)
  return [5, 4, 3, 2, 1, 0].map((bit) => value >> bit & 1)
})

t.test('ids do not come from Math.random', async (t) => {
  const target = await startTarget(t, 'packets', { maxSessions: 2000 })
  await withstands(t, target, { held: 8, peak: 48 }, async () => {
    target.sabotage('still')
    const all = await ids(target, 20)
    t.equal(new Set(all).size, all.length, 'no two are the same')
    t.ok(all.every((id) => ID.test(id)))
  })
})

t.test('each bit of an id is as often set as not', async (t) => {
  const target = await startTarget(t, 'packets', { maxSessions: 2000 })
  await withstands(t, target, { held: 24, peak: 64 }, async () => {
    const all = await ids(target, COUNT)
    t.equal(new Set(all).size, all.length)
    const set = all.map(bitsOf).reduce((sums, bits) => sums.map((sum, i) => sum + Number(bits[i])))
    // Six times the standard deviation: a clock, a counter or a constant is far outside.
    const bound = 6 * Math.sqrt(all.length) / 2
    const biased = set.flatMap((sum, bit) => Math.abs(sum - all.length / 2) > bound ? [bit] : [])
    t.strictSame([set.length, biased], [120, []])
  })
})

/** Ids that are nearly one. */
const near = (id: string): string[] => [
  ...[...id].map((character, i) => {
    const other = ALPHABET[(ALPHABET.indexOf(character) + 1) % ALPHABET.length] ?? ''
    return id.slice(0, i) + other + id.slice(i + 1)
  }),
  id.slice(0, -1), id.slice(1), `${id}A`, `A${id}`, id.toLowerCase(), id.toUpperCase(), [...id].reverse().join(''), `${id}%00`, `${id}%20`
].filter((other) => other !== id)

t.test('an id that is nearly right opens nothing', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  const old = await revision1(t, port, 'xhr-polling')
  const young = await engine(t, port, 4, 'xhr')
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    const raw = new RawConnection(port)
    const ask = async (path: string): Promise<unknown[]> => {
      await raw.write(head('GET', path))
      const { status, body } = await raw.answer()
      return [status, body]
    }
    for (const id of near(old.sid)) t.strictSame(await ask(`/socket.io/1/xhr-polling/${id}`), [200, '7:::1+0'], `${id} for ${old.sid}`)
    for (const id of near(young.sid)) {
      t.strictSame(await ask(`/socket.io/?EIO=4&transport=polling&sid=${id}`), [400, UNKNOWN_SESSION], `${id} for ${young.sid}`)
      const wire = new RawConnection(port)
      await wire.write(head('GET', `/socket.io/?EIO=4&transport=websocket&sid=${id}`, ...UPGRADE))
      t.equal((await wire.answer()).body, UNKNOWN_SESSION)
      await wire.closed
    }
    raw.reset()
  })
  await t.resolves(echoes(old, 'still here'))
  await t.resolves(echoes(young, 'still here'))
})
