// A restart under 200 clients of every generation: of the only process, and of one process after the other behind nginx and HAProxy. How long each client is without a
// session, and that nothing acknowledged is lost. docs/restarts.md has the figures. Wants a build.
import t from 'tap'
import type { Test } from 'tap'
import { officialTalker, rawTalker } from '../cluster/talkers.js'
import type { Talker } from '../cluster/talkers.js'
import { freePort } from '../kit/machine/free-port.js'
import { until } from '../kit/waiting.js'
import { startProduction } from './production.js'
import type { Production } from './production.js'
import { haproxy, nginx, PROXIES } from './proxies.js'

const COUNT = 200
/** As the clients connect again by default: after half a second (0.9), or a second (later ones), and longer each time. */
const PACE = { pause: 300, delay: 500 }
/** How long a client may be without a session, ms: a few attempts, if the process is back at once. */
const BOUND = 10_000
/** Delays double with each attempt, so a client may miss a process that is back for as long as it was away, and longer with the connection itself. */
const TIMES_AWAY = 3

const skip = PROXIES.map(({ skip }) => skip).find((why) => why !== false) ?? false

/** Clients of every generation and transport, divided among the ports. */
async function start (t: Test, ports: readonly number[]): Promise<Talker[]> {
  const kinds: ((port: number, name: string) => Talker)[] = [
    ...([1, 2, 3, 4] as const).flatMap((generation) => [['polling'], ['websocket'], ['polling', 'websocket']].map((transports) =>
      (port: number, name: string) => officialTalker(generation, `http://127.0.0.1:${port}`, transports, name, PACE))),
    ...['xhr-polling', 'websocket'].map((transport) => (port: number, name: string) => officialTalker(0.9, `http://127.0.0.1:${port}`, [transport], name, PACE)),
    ...(['jsonp-polling', 'htmlfile'] as const).map((transport) => (port: number, name: string) => rawTalker(port, transport, name, PACE))
  ]
  const talkers: Talker[] = []
  t.teardown(() => { for (const talker of talkers) talker.stop() })
  for (let i = 0; i < COUNT; i++) {
    const [kind, port] = [kinds[i % kinds.length], ports[Math.floor(i / kinds.length) % ports.length]]
    if (kind !== undefined && port !== undefined) talkers.push(kind(port, `c${i}`))
    if (i % 50 === 49) await until(() => talkers.every(({ acked }) => acked.length > 0))
  }
  return talkers
}

/** Waits until every client has said something from now on. */
async function allTalk (talkers: readonly Talker[]): Promise<void> {
  const now = performance.now()
  await until(() => talkers.every(({ heardAt }) => heardAt > now))
}

interface Restart { readonly next: Production, readonly away: number }

/** Ends a process as an orchestrator does, and starts the next one in its place. */
async function restart (t: Test, old: Production, env: Record<string, string>): Promise<Restart> {
  const began = performance.now()
  old.signal('SIGTERM')
  t.equal(await old.ended, 0, 'it ends by itself')
  const next = await startProduction(t, old.port, env)
  return { next, away: performance.now() - began }
}

const seconds = (ms = 0): string => `${(ms / 1000).toFixed(1)} s`

/** Ends the clients. What was acknowledged was heard by one of the processes, once. */
async function judge (t: Test, talkers: readonly Talker[], processes: readonly Production[], what: string, away: number): Promise<void> {
  for (const talker of talkers) talker.stop()
  const heard = processes.flatMap((each) => each.heard())
  const once = new Set(heard)
  t.ok(heard.length > 2 * COUNT)
  t.equal(heard.length, once.size, 'nothing was heard twice')
  t.strictSame(talkers.flatMap(({ acked }) => acked).filter((id) => !once.has(id)), [], 'what was acknowledged was heard')
  const kindOf = ({ name }: Talker): string => name.slice(name.indexOf(' ') + 1)
  for (const kind of ['all', ...new Set(talkers.map(kindOf))]) {
    const offline = talkers.filter((talker) => kind === 'all' || kindOf(talker) === kind).flatMap(({ offline }) => offline).sort((a, b) => a - b)
    t.comment(`${what}, ${kind}: ${offline.length} times without a session, median ${seconds(offline[Math.floor(offline.length / 2)])}, longest ${seconds(offline.at(-1))}`)
  }
  t.comment(`${what}: a process was away for ${seconds(away)}`)
  const bound = BOUND + TIMES_AWAY * away
  t.strictSame(talkers.flatMap(({ name, offline }) => offline.filter((ms) => ms > bound).map((ms) => `${name}: ${ms}`)), [], 'none for long')
}

t.test('the only process', async (t) => {
  const env = { DRAIN_MS: '0' }
  const first = await startProduction(t, await freePort(), env)
  const talkers = await start(t, [first.port])
  await allTalk(talkers)
  t.strictSame(talkers.filter(({ losses }) => losses > 0).map(({ name }) => name), [])
  const { next, away } = await restart(t, first, env)
  await allTalk(talkers)
  t.ok(talkers.every(({ losses }) => losses > 0), 'each client has lost its session')
  await judge(t, talkers, [first, next], 'one process', away)
})

t.test('one process after the other, behind nginx and HAProxy', { skip }, async (t) => {
  const [a, b] = [{ NODE_NAME: 'a', DRAIN_MS: '2000' }, { NODE_NAME: 'b', DRAIN_MS: '2000' }]
  const first = [await startProduction(t, await freePort(), a), await startProduction(t, await freePort(), b)] as const
  const ports = first.map(({ port }) => port)
  const talkers = await start(t, [await nginx.start(t, ports, nginx.plain), await haproxy.start(t, ports, haproxy.plain)])
  await allTalk(talkers)
  t.strictSame(talkers.filter(({ losses }) => losses > 0).map(({ name }) => name), [], 'nobody has lost a session so far')
  const second = await restart(t, first[0], a)
  await allTalk(talkers)
  const last = await restart(t, first[1], b)
  await allTalk(talkers)
  t.ok(talkers.every(({ losses }) => losses > 0), 'each client has lost its session')
  await judge(t, talkers, [...first, second.next, last.next], 'one after the other', Math.max(second.away, last.away))
})
