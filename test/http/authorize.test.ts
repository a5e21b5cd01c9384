// Who may open a session: the application's word, the limit on sessions, and how a refusal looks (WIRE.md 2).
import t from 'tap'
import type { FastifyRequest } from 'fastify'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import { captureLog, pluginApp, portOf } from '../kit/servers/app.js'
import { byScript } from '../kit/script.js'
import { turn } from '../kit/waiting.js'
import { handshake, sidOf } from '../kit/revision-1/inject.js'
import { verdictOn } from './verdicts.js'

t.test('authorize: false is 403, a throw is 500, a status of its own is kept, and a script is handed the error with 200', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, { authorize: verdictOn }, { logger })
  const reported: unknown[] = []
  app.socketio.on('connection_error', ({ code, message }) => reported.push([code, message]))
  for (const [as, status, body] of [['no', 403, 'handshake unauthorized'], ['broken', 500, 'handshake error'],
    ['busy', 503, 'handshake error'], ['odd', 500, 'handshake error']] as const) {
    const plain = await app.inject(`/socket.io/1/?as=${as}`)
    t.equal(plain.statusCode, status, as)
    t.equal(plain.body, body)
    t.equal(plain.headers['content-type'], 'text/plain')
    const script = await app.inject(byScript(`/socket.io/1/?as=${as}&jsonp=3`))
    t.equal(script.statusCode, 200)
    t.equal(script.body, `io.j[3](new Error("${body}"));`)
    t.equal(script.headers['content-type'], 'application/javascript')
  }
  t.equal(app.socketio.sessions.size, 0)
  t.same(reported.slice(0, 3), [[4, 'Forbidden'], [4, 'Forbidden'], [3, 'Bad request']])
  t.equal(reported.length, 8)
  t.equal(lines[0]?.['answer'], 'handshake unauthorized')
  t.equal(lines[0]?.['reason'], 'unauthorized')
  t.equal(lines[0]?.['detail'], 'authorize returned false')
  t.equal((lines[2]?.['err'] as { message: string }).message, 'the database is down')
  t.equal((await app.inject('/socket.io/1/?as=me')).statusCode, 200)
})

t.test('what authorize returns is the context of the Socket', async (t) => {
  const authorize = ({ headers }: FastifyRequest) => headers.cookie === undefined || { user: headers.cookie }
  for (const option of [authorize, async (request: FastifyRequest) => authorize(request)]) {
    const app = await pluginApp(t, { authorize: option })
    const known = await app.inject({ url: '/socket.io/1/', headers: { cookie: 'bob' } })
    t.same(app.socketio.sessions.get(sidOf(known))?.context, { user: 'bob' })
    const unknown = await handshake(app)
    t.equal(app.socketio.sessions.get(unknown)?.context, true)
  }
  const app = await pluginApp(t)
  t.equal(app.socketio.sessions.get(await handshake(app))?.context, undefined, 'without authorize')
})

t.test('above maxSessions handshakes are refused with 503 until a session ends', async (t) => {
  let asked = 0
  const app = await pluginApp(t, { maxSessions: 2, authorize: () => ++asked })
  const first = await handshake(app)
  await handshake(app)
  const refused = await app.inject('/socket.io/1/')
  t.equal(refused.statusCode, 503)
  t.equal(refused.body, 'handshake overloaded')
  t.equal(refused.headers['retry-after'], '30')
  t.equal((await app.inject(byScript('/socket.io/1/?jsonp=0'))).body, 'io.j[0](new Error("handshake overloaded"));')
  t.equal(asked, 2)
  app.socketio.sessions.get(first)?.close()
  t.ok(await handshake(app))
})

t.test('maxSessions holds while authorize is still deciding', async (t) => {
  const app = await pluginApp(t, { maxSessions: 2, authorize: () => turn().then(() => true) })
  const answers = await Promise.all(Array.from({ length: 10 }, () => app.inject('/socket.io/1/')))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 2)
  t.equal(answers.filter(({ statusCode }) => statusCode === 503).length, 8)
  t.equal(app.socketio.sessions.size, 2)
})

t.test('a handshake whose authorize is still thinking when the app closes is refused, and holds nothing up', async (t) => {
  let decide = (): void => {}
  let asked = (): void => {}
  const waiting = new Promise<void>((resolve) => { asked = resolve })
  const app = await pluginApp(t, {
    async authorize () {
      asked()
      await new Promise<void>((resolve) => { decide = resolve })
      return true
    }
  })
  const answer = fetch(`http://127.0.0.1:${await portOf(app)}/socket.io/1/`)
  await waiting
  const closed = app.close()
  app.socketio.close() // as app.close() is about to
  decide()
  const { status, headers } = await answer
  t.equal(status, 503)
  t.equal(headers.get('connection'), 'close')
  await closed
  t.equal(app.socketio.sessions.size, 0)
})

/** What a forgotten `return`, or a user who was not found, looks like. The types forbid the first two. */
const NOTHING: readonly [value: unknown, shown: string][] = [[undefined, 'undefined'], [null, 'null'], ['', '""'], [0, '0'], [NaN, 'NaN']]

for (const [value, shown] of NOTHING) {
  t.test(`an authorize that returns ${shown} lets no client in, and the log says what to return`, async (t) => {
    const { lines, logger } = captureLog('warn')
    const app = await pluginApp(t, { io: {}, authorize: (() => value) as () => boolean }, { logger })
    const url = `http://127.0.0.1:${await portOf(app)}`
    for (const generation of GENERATIONS) {
      for (const transport of ['polling', 'websocket']) {
        const client = connectOfficial(generation, url, [transport])
        if (generation !== 0.9) t.teardown(() => client.disconnect()) // the old one throws when it never had a transport
        await hear(client, generation === 0.9 ? 'error' : 'connect_error')()
      }
    }
    t.equal(app.socketio.metrics.opened, 0)
    t.strictSame(lines.map(({ level, reason, detail }) => [level, reason, detail]),
      Array(10).fill([40, 'unauthorized', `authorize returned ${shown}: return true, or a value for socket.context`]))
  })
}
