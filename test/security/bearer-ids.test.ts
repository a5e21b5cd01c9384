// A session id is a bearer key: whoever has one has the session, from whatever address (docs/security.md says so). So it is all in its being
// unguessable: 100,000 ids show no place that says more than another, and guesses by the thousand open nothing.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { ALL } from '../kit/revision-1/client.js'
import { pathOf } from './posters.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { UNKNOWN_SESSION } from './refusal-texts.js'
import { engine, expect, revision1, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { pluginApp } from '../kit/servers/app.js'

const COUNT = 100_000
const LENGTH = 20
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** How often each character stands at each place, and after each other one. */
function census (ids: readonly string[], of: (id: string) => string[]): Map<string, number>[] {
  const counts: Map<string, number>[] = []
  for (const id of ids) {
    for (const [place, value] of of(id).entries()) {
      const count = counts[place] ??= new Map<string, number>()
      count.set(value, (count.get(value) ?? 0) + 1)
    }
  }
  return counts
}

const entropy = (count: Map<string, number>): number => [...count.values()].reduce((sum, n) => sum - n / COUNT * Math.log2(n / COUNT), 0)
/** How far the counts are from all being equal, in standard deviations of what chance makes of it. */
function deviation (count: Map<string, number>, kinds: number): number {
  const due = COUNT / kinds
  const missing = (kinds - count.size) * due
  const square = [...count.values()].reduce((sum, n) => sum + (n - due) ** 2 / due, missing)
  return (square - (kinds - 1)) / Math.sqrt(2 * (kinds - 1))
}

t.test('100,000 ids: none twice, and no place of theirs tells anything', async (t) => {
  const app = await pluginApp(t)
  const request = new IncomingMessage(new Socket())
  const ids: string[] = []
  while (ids.length < COUNT) ids.push(String(await app.socketio.generateId(request)))
  t.equal(new Set(ids).size, COUNT)
  t.strictSame([...new Set(ids.map(({ length }) => length))], [LENGTH])
  t.equal([...new Set(ids.join(''))].sort().join(''), [...ALPHABET].sort().join(''))
  const single = census(ids, (id) => [...id])
  t.equal(single.length, LENGTH)
  t.ok(Math.min(...single.map(entropy)) > 5.99, 'six bits at each place')
  // A place that knows something is hundreds off; chance alone stays within this once in a million runs.
  t.ok(Math.max(...single.map((count) => Math.abs(deviation(count, 64)))) < 7, 'each character is as frequent as each other')
  const pairs = census(ids, (id) => [...id].slice(1).map((character, i) => `${id[i]}${character}`))
  t.ok(Math.max(...pairs.map((count) => Math.abs(deviation(count, 64 ** 2)))) < 7, 'whatever stands before it')
  const steps = census(ids.map((id, i) => id + (ids[i - 1] ?? ids.at(-1))), (both) => [...both.slice(0, LENGTH)].map((character, i) => `${character}${both[LENGTH + i]}`))
  t.ok(Math.max(...steps.map((count) => Math.abs(deviation(count, 64 ** 2)))) < 7, 'and in the id before')
})

const GUESSES = 100
const UNKNOWN = '7:::1+0'

t.test('guesses open nothing, on any route', async (t) => {
  const target = await startTarget(t, 'server')
  const { port } = target
  const { sessions } = await target.state()
  const get = async (path: string, ...lines: string[]): Promise<string> => {
    const raw = new RawConnection(port)
    await raw.write(head('GET', path, ...(lines.length > 0 ? lines : ['Connection: close'])))
    await raw.closed
    return String(raw.received)
  }
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    for (let i = 0; i < GUESSES; i += 10) {
      await Promise.all(Array.from({ length: 10 }, async () => {
        const id = randomBytes(15).toString('base64url')
        for (const name of ALL) t.match(await get(`/socket.io/1/${name}/${id}`, ...(name.endsWith('socket') ? UPGRADE : [])), UNKNOWN, name)
        for (const eio of VERSIONS) {
          t.match(await get(`/socket.io/?EIO=${eio}&transport=polling&sid=${id}`), UNKNOWN_SESSION)
          t.match(await get(`/socket.io/?EIO=${eio}&transport=websocket&sid=${id}`, ...UPGRADE), UNKNOWN_SESSION)
        }
      }))
    }
  })
  t.equal((await target.state()).sessions, sessions)
})

t.test('whoever has an id has the session, from whatever address', async (t) => {
  const target = await startTarget(t, 'server')
  const elsewhere = '127.0.0.2'
  const post = async (path: string, body: string): Promise<unknown[]> => {
    const raw = new RawConnection(target.port, elsewhere)
    await raw.write(head('POST', path, 'Content-Type: text/plain', `Content-Length: ${body.length}`) + body)
    const { status, body: answer } = await raw.answer()
    raw.socket.end()
    return [status, answer]
  }
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    const old = await revision1(t, target.port, 'xhr-polling')
    t.strictSame(await post(pathOf(old.url), '3:::from elsewhere'), [200, '1'])
    await expect(old, '3:::from elsewhere')
    for (const eio of VERSIONS) {
      const young = await engine(t, target.port, eio, 'xhr')
      const packet = '42["message","from elsewhere"]'
      t.strictSame(await post(pathOf(young.url('polling')), eio === 3 ? `${packet.length}:${packet}` : packet), [200, 'ok'])
      await expect(young, packet)
      const raw = new RawConnection(target.port, elsewhere)
      await raw.write(head('GET', pathOf(young.url('websocket')), ...UPGRADE))
      t.equal((await raw.answer()).status, 101)
      raw.socket.end()
    }
  })
})
