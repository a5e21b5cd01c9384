// What an old client is to see on every transport, wherever it runs.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { ACKS, AWKWARD, comeBack, connects, onOneServer, onRestart } from './every-suite.js'
import type { Run, Serve, Start } from './every-suite.js'

export interface SuiteOptions { transport: string, start: Start, serve?: Serve | undefined }

const VALUES = [
  { a: [1, 'two', null, { deep: true }], '\u2028': '\ufffd' }, [], ['\\', '"'], 0, 1.5, false, { text: '</script>\n😀' }
]

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Every step but the restart, on one server. */
export function exchangeSuite (t: Test, { transport, start, serve }: SuiteOptions): void {
  onOneServer(t, `over ${transport}`, start, (t, run, app) => exchange(t, transport, run, app), serve)
}

async function exchange (t: Test, transport: string, run: Run, app?: FastifyInstance): Promise<void> {
  await t.test('the client connects with this transport, under one id on both sides, with its query', async (t) => {
    const sid = await connects(t, run, transport)
    if (app !== undefined) t.equal(app.socketio.sessions.get(sid)?.transport.name, transport)
  })

  await t.test('messages of any characters arrive whole and come back whole', (t) => comeBack(t, run))

  await t.test(transport === 'htmlfile'
    ? 'a backslash before a slash arrives, and is lost by the client on its way back'
    : 'a backslash before a slash arrives and comes back', (t) => comeBack(t, run, ['a\\/b'], [transport === 'htmlfile' ? 'a/b' : 'a\\/b']))

  await t.test('acknowledgements come back with their data, in both directions', async (t) => {
    t.strictSame(await run('acks', AWKWARD), {
      ...ACKS,
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
export function restartSuite (t: Test, { transport, start, serve }: SuiteOptions): void {
  onRestart(t, `over ${transport}, the client comes back by itself to a restarted server`, start, { transport, newSession: true, echo: ['here again'], chat: ['here too'] }, (t) => ({
    before: ({ socketio }, sid) => t.ok(socketio.sessions.has(sid)),
    after: ({ socketio }) => t.equal(socketio.sessions.size, 0)
  }), serve)
}
