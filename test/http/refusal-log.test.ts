// What peers can write into the log: one short line for each refused request, without a stack, however long the request is.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { connectEngine, urlOf } from '../kit/engine-io/inject.js'
import { until } from '../kit/waiting.js'
import { captureLog, pluginApp, portOf } from '../kit/servers/app.js'
import type { LogLine } from '../kit/servers/app.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import type { Teardown } from '../kit/teardown.js'
import { RawConnection } from '../kit/raw/connection.js'
import { ENGINE_4 } from '../kit/engine-io/payload.js'

/** bytes; a line of ours with every text cut to 100 characters */
const MOST = 1500
/** What takes most bytes in a line of JSON: quotes, and what is no text. */
const QUOTES = '"'.repeat(7000)
const CONTROLS = '%01'.repeat(2300)
const BODY = ['Content-Type: text/plain', 'Content-Length: 1']

/** Fastify's own lines, of every request: the application's to shorten or switch off (docs/security.md). */
const ofFastify = ({ msg }: LogLine): boolean => msg === 'incoming request' || msg === 'request completed'

async function logging (t: Teardown) {
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, {}, { logger })
  const port = await portOf(app)
  const old = await connectPolling(app)
  const { sid } = await connectEngine(app, ENGINE_4)
  return { app, port, lines, old, sid }
}

/** Every way to be refused, by method, path and what follows: lines of the head, and a body. */
const requests = (old: string, sid: string, long: string): [method: string, path: string, ...rest: string[]][] => {
  const polling = `/socket.io/?EIO=4&transport=polling&sid=${sid}`
  const foreign = `Origin: http://evil.test/${'"'.repeat(6000)}`
  return [
    ...['/socket.io/1/?x=', '/socket.io/?EIO=4&transport=polling&x=', `${polling}&x=`, `/socket.io/1/xhr-polling/${old}?x=`].flatMap((path) =>
      [foreign, 'Sec-Fetch-Site: cross-site', `Referer: http://evil.test/${long}`].map((line): [string, string, string] => ['GET', path + long, line])),
    ['GET', '/socket.io/1/?x=', foreign, `Host: ${'"'.repeat(5000)}`],
    ['GET', `/socket.io/?EIO=4&transport=${long}`],
    ['GET', `/socket.io/?EIO=${long}&transport=polling`],
    ['GET', `/socket.io/?EIO=4&transport=polling&sid=${long}`],
    ['POST', `/socket.io/?EIO=4&transport=polling&sid=${long}`, ...BODY],
    ['GET', `/socket.io/?EIO=4&transport=polling&j=${long}`],
    ['GET', `/socket.io/?EIO=4&transport=polling&sid=1&sid=${long}`],
    ['GET', `/socket.io/?EIO=4&transport=websocket&sid=${long}`, ...UPGRADE],
    ['GET', `/socket.io/?EIO=4&transport=polling&x=${long}`, ...UPGRADE],
    ['GET', `/socket.io/?EIO=4&transport=websocket&x=${long}`],
    ['POST', `/socket.io/?EIO=4&transport=polling&x=${long}`, ...BODY],
    ['PUT', `/socket.io/?EIO=4&transport=polling&x=${long}`],
    ['GET', `/socket.io/?EIO=3&transport=polling&sid=${sid}&x=${long}`],
    ['GET', `/socket.io/?EIO=4&transport=websocket&sid=${old}&x=${long}`, ...UPGRADE],
    ['POST', polling, 'Content-Length: 2000000'],
    ['POST', polling, 'Content-Type: text/plain', 'Content-Length: 2000000'],
    ['POST', polling, 'Content-Type: nonsense', 'Content-Length: 1'],
    ['POST', polling, `Content-Type: ${'"'.repeat(6000)}`, 'Content-Length: 1'],
    ['GET', `/socket.io/${'2'.repeat(60)}/?x=${long}`],
    ['GET', `/socket.io/1/xhr-polling/${long.slice(0, 90)}`],
    ['POST', `/socket.io/1/xhr-polling/${long.slice(0, 90)}`, ...BODY],
    ['GET', `/socket.io/1/htmlfile/${long.slice(0, 90)}`],
    ['GET', `/socket.io/1/websocket/${long.slice(0, 90)}`, ...UPGRADE],
    ['GET', `/socket.io/1/${long.slice(0, 90)}/${long.slice(0, 90)}?x=${long}`],
    ['GET', `/socket.io/1/xhr-polling/${old}?x=${long}`, ...UPGRADE],
    ['POST', `/socket.io/1/xhr-polling/${old}`, 'Content-Length: 2000000'],
    ['POST', `/socket.io/1/xhr-polling/${old}`, 'Content-Type: nonsense', 'Content-Length: 1'],
    ['POST', '/socket.io/1/', 'Content-Length: 2000000'],
    ['GET', `/socket.io/1/websocket/${old}?x=${long}`]
  ]
}

for (const [name, long] of [['quotes', QUOTES], ['control characters', CONTROLS]] as const) {
  t.test(`each refused request with long texts of ${name} is one short line`, async (t) => {
    const { app, port, lines, old, sid } = await logging(t)
    const reported: unknown[] = []
    app.socketio.on('connection_error', ({ context }) => reported.push(context))
    for (const [method, path, ...rest] of requests(old, sid, long)) {
      lines.length = 0
      const raw = new RawConnection(port)
      await raw.write(head(method, path, ...rest) + (rest.includes('Content-Length: 1') ? '1' : ''))
      const { status } = await raw.answer()
      const label = `${method} ${path.slice(0, 60)} ${rest.join(', ').slice(0, 60)} (${status})`
      await until(() => lines.some(({ msg, upgraded }) => msg === 'request completed' || upgraded) || status === 101)
      if (status === 101) await raw.closed
      const ours = lines.filter((line) => !ofFastify(line))
      t.equal(ours.length, 1, label)
      const text = JSON.stringify(ours)
      t.ok(Buffer.byteLength(text) <= MOST, `${label}: ${Buffer.byteLength(text)} bytes`)
      t.notMatch(text, /"stack"|node_modules/, label)
      raw.reset()
    }
    t.ok(reported.some((context) => JSON.stringify(context).length > 6000), 'the event tells all of it')
  })
}

t.test('a body that cannot be read is one short line', async (t) => {
  const { port, lines, sid } = await logging(t)
  const raw = new RawConnection(port)
  await raw.write(head('POST', `${urlOf(4, 'polling')}&sid=${sid}`, 'Content-Length: 5000') + 'x'.repeat(5000))
  t.equal((await raw.answer()).status, 400)
  const text = JSON.stringify(lines.filter((line) => !ofFastify(line)))
  t.ok(Buffer.byteLength(text) <= MOST, text)
  t.notMatch(text, /"stack"/)
  raw.reset()
})

t.test('a client that goes away in the middle of its body is one short line', async (t) => {
  const { app, port, lines, old, sid } = await logging(t)
  for (const path of [`${urlOf(4, 'polling')}&sid=${sid}`, `/socket.io/1/xhr-polling/${old}`]) {
    lines.length = 0
    const connection = once(app.server, 'connection')
    const raw = new RawConnection(port)
    const [socket] = await connection as [Socket]
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await raw.write(head('POST', path, 'Content-Length: 100', 'Content-Type: text/plain') + 'half')
    await until(() => lines.length > 0)
    raw.reset()
    await closed
    await until(() => lines.length > 1)
    const text = JSON.stringify(lines.filter((line) => !ofFastify(line)))
    t.ok(Buffer.byteLength(text) <= MOST, text)
    t.notMatch(text, /"stack"/)
  }
})

t.test('an authorize that fails is logged with its stack, one that says 4xx with its message alone', async (t) => {
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, {
    authorize: (request) => { throw Object.assign(new Error('not you'), request.headers['x-own'] && { statusCode: 401 }) }
  }, { logger })
  for (const url of ['/socket.io/1/', urlOf(4, 'polling')]) {
    lines.length = 0
    t.equal((await app.inject({ url, headers: { 'x-own': '1' } })).statusCode, 401)
    t.match(lines.filter((line) => !ofFastify(line)), [{ reason: 'authorize failed', status: 401, cause: 'not you' }])
    t.notMatch(JSON.stringify(lines), /"stack"/)
    lines.length = 0
    t.equal((await app.inject(url)).statusCode, 500)
    t.match(lines.filter((line) => !ofFastify(line)), [{ reason: 'authorize failed', err: { message: 'not you', stack: /refusal-log/ } }])
  }
})

t.test('what Fastify refuses is said in the words of the dialect, with the status of Fastify', async (t) => {
  const app = await pluginApp(t)
  const old = await connectPolling(app)
  const { url } = await connectEngine(app, ENGINE_4)
  const reasons: unknown[] = []
  app.socketio.on('connection_error', ({ reason }) => reasons.push(reason))
  for (const [path, body] of [[url, '{"code":3,"message":"Bad request"}'], [`/socket.io/1/xhr-polling/${old}`, 'bad request']] as const) {
    const answer = await app.inject({ method: 'POST', url: path, headers: { 'content-type': 'nonsense' }, payload: 'x' })
    t.strictSame([answer.statusCode, answer.body], [415, body])
  }
  t.strictSame(reasons, ['bad request', 'bad request'])
})
