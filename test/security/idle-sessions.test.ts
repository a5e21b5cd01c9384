// Sessions that are opened and never used, on every route that opens one: engine.io opens as many as it is asked for (20,000 are 125 MB). Here
// maxSessions and maxSessionsPerAddress bound them, and each of them has its time.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import type { Face, Target } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'

/** A request that opens a session, and how it is refused. */
interface Opener { method: string, path: string, upgrade: boolean, old: boolean }

const OPENERS: Opener[] = [
  ...['GET', 'POST'].map((method) => ({ method, path: '/socket.io/1/', upgrade: false, old: true })),
  { method: 'GET', path: '/socket.io/1/?jsonp=0', upgrade: false, old: true },
  ...VERSIONS.flatMap((eio) => [
    ...['', '&j=0', '&b64=1'].map((query) => ({ method: 'GET', path: `/socket.io/?EIO=${eio}&transport=polling${query}`, upgrade: false, old: false })),
    { method: 'GET', path: `/socket.io/?EIO=${eio}&transport=websocket`, upgrade: true, old: false }
  ])
]

/** How many more than there may be are asked for. */
const TOO_MANY = 400
/** Connections that ask, one request after the other. */
const WORKERS = 20

type Counts = Record<string, number>

/** Opens sessions, and counts the answers: a status, and the words of a refusal. WebSockets stay open. */
async function flood (t: Test, port: number, count: number, from?: string): Promise<Counts> {
  const counts: Counts = {}
  let next = 0
  const work = async (): Promise<void> => {
    let raw = new RawConnection(port, from)
    for (let i = next++; i < count; i = next++) {
      const { method, path, upgrade, old } = OPENERS[i % OPENERS.length] ?? { method: '', path: '', upgrade: false, old: false }
      if (raw.socket.destroyed) raw = new RawConnection(port, from)
      await raw.write(head(method, path, ...(upgrade ? UPGRADE : []), ...(method === 'POST' ? ['Content-Length: 0'] : [])))
      const { status, body, head: lines } = await raw.answer()
      const opened = status === 101 || (status === 200 && !body.includes('new Error')) // a script sees no status
      const words = opened ? 'opened' : `${status} ${body} ${/retry-after: \d+/i.exec(lines)?.[0] ?? ''}`
      const key = `${old ? 'revision 1' : 'engine'}: ${words}`
      counts[key] = (counts[key] ?? 0) + 1
      if (!upgrade) continue
      const { socket } = raw
      t.teardown(() => socket.destroy())
      raw = new RawConnection(port, from)
    }
    raw.socket.end()
  }
  await Promise.all(Array.from({ length: WORKERS }, work))
  return counts
}

/** How whoever comes too many is told so, and when to come again. */
const refusals = (engine: string): string[] => [
  `engine: ${engine} retry-after: 30`,
  'revision 1: 200 io.j[0](new Error("handshake overloaded")); retry-after: 30',
  'revision 1: 503 handshake overloaded retry-after: 30'
]

/** Waits until no session is left but those of the bystanders. */
async function emptied (target: Target): Promise<void> {
  while ((await target.state()).sessions > target.bystanders.length) await pause(200)
}

/** Sessions must outlive the flood, also on a busy machine. */
const TIMES: SocketioTransportsOptions = { handshakeTimeout: 6000, pingInterval: 8000, pingTimeout: 4000, heartbeatInterval: 500, heartbeatTimeout: 1000 }
const MAX_SESSIONS = 600

async function attack (t: Test, face: Face): Promise<void> {
  const target = await startTarget(t, face, { ...TIMES, maxSessions: MAX_SESSIONS })
  const { held: before } = await target.state()
  const { ended } = await withstands(t, target, { held: 4, peak: 48 }, async () => {
    const counts = await flood(t, target.port, MAX_SESSIONS + TOO_MANY)
    const { 'revision 1: opened': old = 0, 'engine: opened': young = 0, ...refused } = counts
    t.ok(old > 0 && young > 0, `${old} and ${young} are opened`)
    t.strictSame(Object.keys(refused).sort(), refusals('503 {"code":4,"message":"Forbidden"}'))
    const { held, sessions } = await target.state()
    t.ok(sessions >= MAX_SESSIONS / 2, `${sessions} at a time`)
    t.ok((held - before) / sessions < 50_000, `each has ${Math.round((held - before) / sessions)} bytes, connections and all`)
    await emptied(target)
  })
  t.strictSame(Object.keys(ended).sort(), ['handshake timeout', 'ping timeout'], JSON.stringify(ended))
  await t.resolves(handshakeAt(target.port), 'there is room again')
}

for (const face of FACES) t.test(`${face}: sessions that are never used have a number and a time`, (t) => attack(t, face))

t.test('those of one address leave room for others', async (t) => {
  const most = 50
  const target = await startTarget(t, 'packets', { maxSessionsPerAddress: most })
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    const { 'revision 1: opened': old = 0, 'engine: opened': young = 0, ...refused } = await flood(t, target.port, 2 * most)
    t.equal(old + young, most - target.bystanders.length)
    t.strictSame(Object.keys(refused).sort(), refusals('429 {"code":4,"message":"Too many sessions"}'))
    const others = await flood(t, target.port, most, '127.0.0.2')
    t.strictSame(Object.keys(others).sort(), ['engine: opened', 'revision 1: opened'])
  })
})
