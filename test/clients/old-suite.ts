// What an old client is to see on every transport, wherever it runs.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp, listen } from './scenario-app.js'

/** Runs one step of the scenario where the client is. */
export type Run = (step: string, ...args: unknown[]) => Promise<unknown>

export interface Client {
  run: Run
  /** Takes the client's surroundings down. */
  close (): Promise<void>
}

export interface SuiteOptions {
  transport: string
  /** Starts a client of the server at `url`. */
  start (url: string): Promise<Client>
}

/** Any characters, and whatever could be taken for syntax. */
export const TEXTS = [
  '', ' ', '"quoted" and \'quoted\'', 'back\\slash and \\n', 'new\nline\r\nand tab\t', '<script>alert(1)</script><!--', '1:2::3', '::',
  'line\u2028paragraph\u2029', 'replaced \ufffd', '\ufffd5\ufffd3:::x', 'emoji 👩‍👩‍👧 😀', 'nul \u0000 and \u0001', 'ünïcödé 漢字', 'a/b//c', '+&=%20?#', 'x'.repeat(20_000)
]
const VALUES = [
  { a: [1, 'two', null, { deep: true }], '\u2028': '\ufffd' }, [], ['\\', '"'], 0, 1.5, false, { text: '</script>\n😀' }
]
export const AWKWARD = { 'line\u2028': ['\u2029', '</script>', '"\\', '😀', '\ufffd'] }

export const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Every step but the restart, on one server. */
export function exchangeSuite (t: Test, { transport, start }: SuiteOptions): void {
  t.test(`over ${transport}`, async (t) => {
    const app = await buildApp()
    t.teardown(() => app.close())
    const { run, close } = await start(await listen(app))
    t.teardown(close)
    t.afterEach(() => run('close'))
    await exchange(t, transport, run, app)
  })
}

async function exchange (t: Test, transport: string, run: Run, app: FastifyInstance): Promise<void> {
  await t.test('the client connects with this transport, under one id on both sides, with its query', async (t) => {
    const { here, sid, seen } = await run('connect') as { here: string, sid: string, seen: { id: string, transport: string, query: { room: string } } }
    t.equal(here, transport)
    t.equal(seen.transport, transport)
    t.equal(seen.id, sid)
    t.equal(seen.query.room, 'attic')
    t.equal(app.socketio.sessions.get(sid)?.transport.name, transport)
  })

  await t.test('messages of any characters arrive whole and come back whole', async (t) => {
    const { echoes, units } = await run('messages', TEXTS) as { echoes: string[], units: number[][] }
    t.strictSame(echoes, TEXTS)
    t.strictSame(units, TEXTS.map(unitsOf))
  })

  await t.test(transport === 'htmlfile'
    ? 'a backslash before a slash arrives, and is lost by the client on its way back'
    : 'a backslash before a slash arrives and comes back', async (t) => {
    const { echoes, units } = await run('messages', ['a\\/b']) as { echoes: string[], units: number[][] }
    t.strictSame(echoes, [transport === 'htmlfile' ? 'a/b' : 'a\\/b'])
    t.strictSame(units, [unitsOf('a\\/b')])
  })

  await t.test('acknowledgements come back with their data, in both directions', async (t) => {
    t.strictSame(await run('acks', AWKWARD), {
      data: [5, { of: [2, 3] }],
      value: [AWKWARD],
      asked: [[AWKWARD, 'answered', { deep: [1, null] }]],
      sent: [], // the protocol has no data in the acknowledgement of a message
      toldOfSent: [[]]
    })
  })

  await t.test('JSON values arrive and come back', async (t) => {
    t.strictSame(await run('json', VALUES), VALUES)
  })

  await t.test('bursts of 200 keep their order in both directions', async (t) => {
    t.strictSame(await run('bursts', 200), { up: upTo(200), down: upTo(200) })
  })

  await t.test('namespaces connect, with the query of the connection; a refused one fails, an unknown one is silent', async (t) => {
    const seen = await run('namespaces') as { reason: string, silent: string[] }
    t.match(seen, { chat: { nsp: '/chat', query: { token: '9' } }, main: { nsp: '/', query: { token: '9' } } })
    t.equal(seen.reason, 'unauthorized')
    t.strictSame(seen.silent, [])
  })

  await t.test('a broadcast reaches the others only', async (t) => {
    t.strictSame(await run('broadcast'), { there: 'fire', here: [] })
  })

  await t.test('a client that the server disconnects does not come back', async (t) => {
    t.strictSame(await run('thrownOut'), { reason: 'booted', connected: false, reconnecting: false })
  })
}

/** The server goes and another one comes in its place. */
export function restartSuite (t: Test, { transport, start }: SuiteOptions): void {
  t.test(`over ${transport}, the client comes back by itself to a restarted server`, async (t) => {
    const first = await buildApp()
    t.teardown(() => first.close())
    const url = await listen(first)
    const { run, close } = await start(url)
    t.teardown(close)
    const sid = await run('beforeRestart') as string
    t.ok(first.socketio.sessions.has(sid))

    await first.close()
    t.equal(first.socketio.sessions.size, 0)
    const second = await buildApp()
    t.teardown(() => second.close())
    await listen(second, Number(new URL(url).port))
    t.strictSame(await run('comeBack'), { transport, newSession: true, echo: ['here again'], chat: ['here too'] })
    await run('close')
  })
}
