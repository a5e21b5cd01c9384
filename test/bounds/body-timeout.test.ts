// How long the body of a request may take: `bodyTimeout`, on every route that reads one.
import t from 'tap'
import { captureLog, countRequests, pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { clock } from '../kit/clock.js'
import { OPTIONS, ROUTES, sessionsIn } from './body-routes.js'
import { turn, turns, until } from '../kit/waiting.js'
import { dial } from '../kit/raw/connection.js'
import { parse } from '../kit/raw/http.js'

const BODY_TIMEOUT = 30_000
const LATE = 200 // two ticks, and what is counted while the test runs
const TOLD = { engine: ['application/json', '{"code":3,"message":"Body timeout"}'], 'revision 1': ['text/plain', 'body timeout'] } as const

/** Bodies that begin and do not end. */
const STALLED: Record<string, [head: string, begin: string]> = {
  'none of it comes': ['Content-Length: 10', ''],
  'a part of it comes': ['Content-Length: 10', '123'],
  'chunked, none of it comes': ['Transfer-Encoding: chunked', ''],
  'chunked, it has no end': ['Transfer-Encoding: chunked', '3\r\n123\r\n'],
  'with a type': ['Content-Length: 10\r\nContent-Type: text/plain', '123']
}

async function setUp (t: Teardown) {
  const tick = clock(t)
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, OPTIONS, { logger })
  const port = await portOf(app)
  const fill = await sessionsIn(app)
  const told: unknown[] = []
  app.socketio.on('connection_error', ({ reason, context }) => told.push([reason, context['bodyTimeout']]))
  return { tick, app, port, told, lines, fill }
}

for (const [name, [head, begin]] of Object.entries(STALLED)) {
  t.test(`a body that stalls is refused with 408, and its connection closed: ${name}`, async (t) => {
    const { tick, app, port, told, lines, fill } = await setUp(t)
    const arrived = countRequests(app)
    const all = ROUTES.map(({ method = 'POST', url, dialect }) => {
      const raw = dial(t, port)
      raw.writeLines(`${method} ${fill(url)} HTTP/1.1`, 'Host: localhost', head, '', begin)
      return { raw, dialect, name: `${method} ${url}` }
    })
    await until(() => arrived() === ROUTES.length)
    tick(BODY_TIMEOUT - LATE)
    await turn()
    t.strictSame(all.map(({ raw }) => raw.text).join(''), '', 'nobody is answered before')
    tick(2 * LATE)
    for (const { raw, dialect, name } of all) {
      const [type, body] = TOLD[dialect]
      await raw.closed
      const answer = parse(raw.text)
      t.match(answer, { status: 408, body, headers: { connection: 'close', 'content-length': String(body.length) } }, name)
      t.equal(answer.headers['content-type']?.split(';')[0], type, name)
      t.equal(raw.text.split('HTTP/1.1').length, 2, 'one answer')
    }
    t.strictSame(told, ROUTES.map(() => ['body timeout', BODY_TIMEOUT]))
    t.equal(lines.filter(({ level, msg, reason }) => level === 40 && reason === 'body timeout' && String(msg).startsWith('refused: ')).length, ROUTES.length)
    t.strictSame(app.socketio.metrics.refused, { 'body timeout': ROUTES.length })
    t.strictSame(app.socketio.sessions.size, 3, 'the sessions live, and none was opened')
  })
}

t.test('a body that goes on and on, a byte at a time, has no more time than another', async (t) => {
  const { tick, app, port, fill } = await setUp(t)
  const arrived = countRequests(app)
  const raw = dial(t, port)
  raw.writeLines(`POST ${fill('/socket.io/1/xhr-polling/OLD')} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked', '', '')
  await until(() => arrived() === 1)
  for (let i = 0; i < 28; i++) {
    raw.write('1\r\nx\r\n')
    await turn()
    tick(1000)
  }
  t.equal(raw.text, '')
  tick(2000 + LATE)
  await raw.closed
  t.match(parse(raw.text), { status: 408, body: 'body timeout' })
  t.strictSame(app.socketio.metrics.refused, { 'body timeout': 1 })
})

t.test('a body that arrives in time is heard, however slowly; its connection goes on', async (t) => {
  const { tick, app, port, fill } = await setUp(t)
  const heard: unknown[] = []
  for (const socket of app.socketio.sessions.values()) socket.on('packet', (packet) => heard.push('data' in packet && packet.data))
  const raw = dial(t, port)
  const slowly = async (url: string, packet: string): Promise<void> => {
    raw.writeLines(`POST ${fill(url)} HTTP/1.1`, 'Host: localhost', `Content-Length: ${packet.length}`, '', packet.slice(0, 3))
    await turns(5)
    tick(BODY_TIMEOUT / 2 - LATE) // twice this, and the sessions would have been silent for too long
    raw.writeLines(packet.slice(3))
  }
  await slowly('/socket.io/1/xhr-polling/OLD', '3:::slow')
  t.match(parse(await raw.answers(1)), { status: 200, headers: { connection: 'keep-alive' }, body: '1' })
  await slowly('/socket.io/?EIO=4&transport=polling&sid=SID4', '42["message","slow"]')
  await raw.answers(2)
  t.match(raw.text, /\r\n\r\nok$/)
  t.strictSame(heard, ['slow', 'slow'])
  t.strictSame(app.socketio.metrics.refused, {})
})

t.test('no timer is left of a body that has come, has broken off, was too large or was never to come', async (t) => {
  const tick = clock(t)
  const app = await pluginApp(t, { ...OPTIONS, maxPayload: 100 })
  const port = await portOf(app)
  const url = '/socket.io/1/xhr-polling/nobody' // a session would have timers of its own
  const raw = dial(t, port)
  const arrived = countRequests(app)
  for (const [i, rest] of [['Content-Length: 2', '', '8:'], ['Transfer-Encoding: chunked', '', '2\r\n8:\r\n0\r\n\r\n'], ['', '']].entries()) {
    raw.writeLines(`POST ${url} HTTP/1.1`, 'Host: localhost', ...rest)
    await raw.answers(i + 1)
    await until(() => tick.running() === 0)
  }
  for (const rest of [['Content-Length: 1000', '', ''], ['Transfer-Encoding: chunked', '', `80\r\n${'x'.repeat(128)}\r\n`]]) {
    const large = dial(t, port)
    large.writeLines(`POST ${url} HTTP/1.1`, 'Host: localhost', ...rest)
    await large.closed
    t.equal(parse(large.text).status, 413)
    await until(() => tick.running() === 0)
  }
  const broken = dial(t, port)
  broken.writeLines(`POST ${url} HTTP/1.1`, 'Host: localhost', 'Content-Length: 10', '', '123')
  await until(() => arrived() === 6)
  t.equal(tick.running(), 1, 'while it is waited for, there is one')
  broken.socket.destroy()
  await until(() => tick.running() === 0)
  for (const payload of ['8:', undefined]) await app.inject({ method: 'POST', url, ...(payload && { payload }) })
  await until(() => tick.running() === 0)
})

t.test('a POST without a body has nothing to wait for: authorize has all of its own time', async (t) => {
  const tick = clock(t)
  let admit = (_verdict: boolean): void => {}
  const app = await pluginApp(t, { handshakeTimeout: 2 * BODY_TIMEOUT, authorize: () => new Promise((resolve) => { admit = resolve }) })
  const port = await portOf(app)
  const arrived = countRequests(app)
  for (const [i, head] of ['Content-Length: 0', 'X-Nothing: 1'].entries()) {
    const raw = dial(t, port)
    raw.writeLines('POST /socket.io/1/ HTTP/1.1', 'Host: localhost', head, '', '')
    await until(() => arrived() === i + 1)
    tick(BODY_TIMEOUT + LATE)
    admit(true)
    t.match(parse(await raw.answers(1)), { status: 200, body: /^[\w-]{20}:60:60:/ }, head)
  }
})

t.test('nor has one whose body has come', async (t) => {
  const tick = clock(t)
  let admit: ((verdict: boolean) => void) | undefined
  const app = await pluginApp(t, { handshakeTimeout: 2 * BODY_TIMEOUT, authorize: () => new Promise((resolve) => { admit = resolve }) })
  const answer = app.inject({ method: 'POST', url: '/socket.io/1/', payload: 'x' })
  await until(() => admit !== undefined)
  tick(BODY_TIMEOUT + LATE)
  admit?.(true)
  t.equal((await answer).statusCode, 200)
})

// Found from outside: half a POST held up `app.close()` for all of bodyTimeout.
t.test('when the app closes, a body has two seconds left', async (t) => {
  const tick = clock(t)
  const app = await pluginApp(t, OPTIONS, { forceCloseConnections: 'idle' }) // Fastify's default
  const port = await portOf(app)
  const fill = await sessionsIn(app)
  const arrived = countRequests(app)
  const all = ROUTES.map(({ method = 'POST', url }) => {
    const raw = dial(t, port)
    raw.writeLines(`${method} ${fill(url)} HTTP/1.1`, 'Host: localhost', 'Content-Length: 10', '', '123')
    return raw
  })
  await until(() => arrived() === ROUTES.length)
  tick(LATE)
  let over = false
  const closed = app.close().then(() => { over = true })
  await until(() => app.socketio.draining)
  tick(2000 - LATE)
  await turn()
  t.notOk(over)
  tick(2 * LATE)
  await closed
  for (const raw of all) await raw.closed
})
