// `bodyTimeout` and the hooks of the application, which may be slow, answer early, or put another stream in the body's place; and HTTP/2.
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { PassThrough, pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { FastifyServerOptions, preParsingHookHandler } from 'fastify'
import t from 'tap'
import { captureLog, countRequests, newApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { clock } from '../kit/clock.js'
import socketioTransports from '../../src/index.js'
import { until } from '../kit/waiting.js'
import { dial } from '../kit/raw/connection.js'
import { parse } from '../kit/raw/http.js'

const BODY_TIMEOUT = 30_000
const LATE = 200 // two ticks, and what is counted while the test runs
const TOLD = '{"code":3,"message":"Body timeout"}'

const URL_4 = '/socket.io/?EIO=4&transport=polling&sid=nobody'
const BEGIN = [`POST ${URL_4} HTTP/1.1`, 'Host: localhost', 'Content-Length: 10', '']

type Gate = () => Promise<void>

/** An app with a hook before the plugin's own or after them, and what lets it go on. */
async function hooked (t: Teardown, when: 'before' | 'after', hook: (gate: Gate) => preParsingHookHandler) {
  const tick = clock(t)
  const { lines, logger } = captureLog('info')
  const app = newApp(t, { logger })
  let pass = (): void => {}
  const gate = new Promise<void>((resolve) => { pass = resolve })
  const add = (): void => { app.addHook('preParsing', hook(() => gate)) }
  if (when === 'before') add()
  await app.register(socketioTransports)
  if (when === 'after') add()
  return { tick, app, lines, port: await portOf(app), pass, arrived: countRequests(app) }
}

const slow = (gate: Gate): preParsingHookHandler => (_request, _reply, payload, done) => {
  gate().then(() => done(null, payload), done)
}

t.test('a hook of the app that is slow before anything is read: the body has its time after it', async (t) => {
  const { tick, port, pass, arrived, app } = await hooked(t, 'before', slow)
  const raw = dial(t, port)
  raw.writeLines(...BEGIN, '123')
  await until(() => arrived() === 1)
  tick(BODY_TIMEOUT + LATE)
  pass()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(raw.text, '')
  tick(BODY_TIMEOUT + LATE)
  await raw.closed
  t.match(parse(raw.text), { status: 408, body: TOLD })
  t.strictSame(app.socketio.metrics.refused, { 'body timeout': 1 })
})

t.test('a hook of the app that is slow while the body stalls: the client is told all the same, once', async (t) => {
  const { tick, port, pass, arrived, app, lines } = await hooked(t, 'after', slow)
  const raw = dial(t, port)
  raw.writeLines(...BEGIN, '123')
  await until(() => arrived() === 1)
  tick(BODY_TIMEOUT + LATE)
  await raw.closed
  t.match(parse(raw.text), { status: 408, headers: { connection: 'close' }, body: TOLD })
  t.strictSame(app.socketio.metrics.refused, { 'body timeout': 1 })
  pass()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.strictSame(lines.filter(({ level }) => level >= 40).map(({ reason }) => reason), ['body timeout'], 'and nothing else is logged')
})

t.test('a hook of the app that is slow while the body waits for it, whole: nobody is refused', async (t) => {
  const { tick, port, pass, arrived, app } = await hooked(t, 'after', slow)
  const raw = dial(t, port)
  raw.writeLines(...BEGIN, '1234567890')
  await until(() => arrived() === 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  tick(BODY_TIMEOUT + LATE)
  pass()
  t.match(parse(await raw.answers(1)), { status: 400, body: '{"code":1,"message":"Session ID unknown"}' })
  t.strictSame(app.socketio.metrics.refused, { 'unknown session': 1 })
})

t.test('a hook of the app that puts another stream in its place is told, and so is the client', async (t) => {
  for (const when of ['before', 'after'] as const) {
    const { tick, port, arrived, app } = await hooked(t, when, () => (_request, _reply, payload, done) => {
      done(null, pipeline(payload, new PassThrough(), () => {}))
    })
    const raw = dial(t, port)
    raw.writeLines(...BEGIN, '123')
    await until(() => arrived() === 1)
    tick(BODY_TIMEOUT + LATE)
    await raw.closed
    t.match(parse(raw.text), { status: 408, body: TOLD }, when)
    t.strictSame(app.socketio.metrics.refused, { 'body timeout': 1 })
  }
})

t.test('a hook of the app that answers before the body has come: one answer, and the rest is not waited for', async (t) => {
  for (const when of ['before', 'after'] as const) {
    const { tick, port, lines } = await hooked(t, when, () => (_request, reply) => {
      reply.code(401).send('no')
    })
    const raw = dial(t, port)
    raw.writeLines(...BEGIN, '123')
    t.match(parse(await raw.answers(1)), { status: 401, body: 'no' }, when)
    if (when === 'before') continue // the request has never reached us
    tick(BODY_TIMEOUT + LATE)
    await raw.closed
    t.equal(raw.text.split('HTTP/1.1').length, 2)
    t.strictSame(lines.filter(({ level }) => level >= 40), [])
  }
})

t.test('over HTTP/2 the stream of the request is closed, and the others of the connection go on', async (t) => {
  const tick = clock(t)
  const app = newApp(t, { http2: true } as FastifyServerOptions)
  await app.register(socketioTransports)
  const session = connectHttp2(`http://127.0.0.1:${await portOf(app)}`)
  t.teardown(() => session.destroy())
  const streams: ServerHttp2Stream[] = []
  app.server.on('stream', (stream: ServerHttp2Stream) => streams.push(stream))
  const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<unknown[]> => {
    const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: method === 'GET' })
    if (method !== 'GET') stream.write('123')
    const [{ ':status': status }] = await once(stream, 'response') as [IncomingHttpHeaders]
    return [status, await text(stream)]
  }
  const stalled = ask('POST', URL_4, { 'content-length': '10' })
  await until(() => streams.length === 1)
  const [sid] = (await ask('GET', '/socket.io/1/')).map(String).at(1)?.split(':') ?? []
  tick(BODY_TIMEOUT - LATE)
  const polled = ask('GET', `/socket.io/1/xhr-polling/${sid}`)
  await until(() => streams.length === 3)
  tick(2 * LATE)
  t.strictSame(await stalled, [408, TOLD])
  t.strictSame(await polled, [200, '1::'])
  await until(() => streams.every(({ destroyed }) => destroyed))
  t.strictSame(streams.map(({ rstCode }) => rstCode), [0, 0, 0])
  t.equal(session.destroyed, false)
  t.strictSame(app.socketio.metrics.refused, { 'body timeout': 1 })
})
