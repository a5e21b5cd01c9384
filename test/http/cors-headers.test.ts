// The CORS headers of answers across origins, by transport and by outcome (WIRE.md 2 and 5), and preflights.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import t from 'tap'
import fastifySocketIO from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import type { CorsOptions } from '../../types/options.js'
import { captureLog, inject, newApp, pluginApp, portOf } from '../kit/servers/app.js'
import { connectPolling } from '../kit/revision-1/inject.js'

const origin = 'http://elsewhere.test'
const corsOf = (headers: Record<string, unknown>) =>
  [headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers['vary']]
const ALLOWED = [origin, 'true', 'Origin']

const open = (t: Parameters<typeof pluginApp>[0], cors: CorsOptions = {}) => pluginApp(t, {
  cors: { origin: true, ...cors },
  transports: ['htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
  authorize ({ query }) {
    if ('err' in Object(query)) throw new Error('x')
    return !('no' in Object(query))
  }
})

t.test('handshakes carry CORS headers, accepted or not', async (t) => {
  const app = await open(t)
  for (const [query, status] of [['', 200], ['?no', 403], ['?err', 500]] as const) {
    const response = await inject(app, `/socket.io/1/${query}`, { origin })
    t.equal(response.statusCode, status)
    t.same(corsOf(response.headers), ALLOWED, query)
  }
  t.same(corsOf((await inject(app, '/socket.io/1/')).headers), [undefined, undefined, 'Origin'], 'nobody asked')
})

t.test('the JSONP form never does', async (t) => {
  const app = await open(t)
  for (const query of ['?jsonp=0', '?jsonp=0&no', '?jsonp=0&err']) {
    const response = await inject(app, `/socket.io/1/${query}`, { origin })
    t.equal(response.statusCode, 200)
    t.match(response.body, /^io\.j\[0\]/)
    t.same(corsOf(response.headers), [undefined, undefined, undefined], query)
  }
})

t.test('polls and POSTs of XHR carry them, scripts and frames do not', async (t) => {
  const app = await open(t)
  const sid = await connectPolling(app)
  for (const [method, url, expected] of [
    ['POST', `xhr-polling/${sid}`, ALLOWED], ['POST', `jsonp-polling/${sid}`, ALLOWED], ['POST', `htmlfile/${sid}`, ALLOWED],
    ['GET', 'xhr-polling/x', ALLOWED], ['GET', 'xhr-multipart/x', ALLOWED],
    ['GET', 'jsonp-polling/x', [undefined, undefined, undefined]], ['GET', 'htmlfile/x', [undefined, undefined, undefined]]
  ] as const) {
    const response = await inject(app, `/socket.io/1/${url}`, { origin }, { method, ...(method === 'POST' && { payload: '2::' }) })
    t.equal(response.statusCode, 200)
    t.same(corsOf(response.headers), expected, `${method} ${url}`)
    t.equal(response.headers['x-xss-protection'], method === 'POST' || url.startsWith('jsonp') ? '0' : undefined)
    t.match(response.headers['cache-control'], /^no-store/)
    t.equal(response.headers['x-content-type-options'], 'nosniff')
  }
})

t.test('credentials: false leaves that header out', async (t) => {
  const app = await open(t, { credentials: false })
  t.same(corsOf((await inject(app, '/socket.io/1/', { origin })).headers), [origin, undefined, 'Origin'])
})

t.test('a Vary of the app is kept, and Origin is added once', async (t) => {
  for (const [own, vary] of [['Accept-Encoding', 'Accept-Encoding, Origin'], ['origin', 'origin'], ['X-Origin-Own', 'X-Origin-Own, Origin']] as const) {
    const app = newApp(t)
    app.addHook('onRequest', async (_request, reply) => { reply.header('vary', own) })
    await app.register(socketioTransports, { cors: { origin: true } })
    t.equal((await inject(app, '/socket.io/1/', { origin })).headers['vary'], vary)
  }
})

t.test('a preflight is answered with 204, creates no session and takes no poll', async (t) => {
  const app = await open(t)
  const sid = await connectPolling(app)
  const sessions = app.socketio.sessions.size
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'kept' })
  for (const url of ['', 'xhr-polling', `xhr-polling/${sid}`, `xhr-polling/${sid}/`, `jsonp-polling/${sid}`, `htmlfile/${sid}`]) {
    const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type, x-own' }
    const response = await inject(app, `/socket.io/1/${url}`, headers, { method: 'OPTIONS' })
    t.equal(response.statusCode, 204, url)
    t.equal(response.body, '')
    t.equal(response.headers['access-control-allow-origin'], origin)
    t.equal(response.headers['access-control-allow-credentials'], 'true')
    t.equal(response.headers['access-control-allow-methods'], 'GET, POST')
    t.equal(response.headers['access-control-allow-headers'], 'content-type, x-own')
    t.equal(response.headers['vary'], 'Origin, Access-Control-Request-Headers')
    t.equal(response.headers['allow'], 'GET, POST, OPTIONS')
  }
  t.equal(app.socketio.sessions.size, sessions)
  t.equal((await inject(app, `/socket.io/1/xhr-polling/${sid}`)).body, '3:::kept')
})

t.test('a plain OPTIONS is answered too', async (t) => {
  const app = await open(t)
  const response = await inject(app, '/socket.io/1/', {}, { method: 'OPTIONS' })
  t.equal(response.statusCode, 204)
  t.equal(response.headers['allow'], 'GET, POST, OPTIONS')
  t.equal(response.headers['access-control-allow-methods'], undefined)
  t.equal(app.socketio.sessions.size, 0)
})

t.test('a refused preflight allows nothing', async (t) => {
  const app = await open(t, { origin: 'http://friend.test' })
  const response = await inject(app, '/socket.io/1/', { origin, 'access-control-request-method': 'POST' }, { method: 'OPTIONS' })
  t.equal(response.statusCode, 403)
  t.equal(response.headers['access-control-allow-methods'], undefined)
  t.equal(response.headers['access-control-allow-origin'], undefined)
})

const ANY = ['*', undefined, undefined]
const wildcards: CorsOptions['origin'][] = ['*', ['http://friend.test', '*'], () => '*', async () => ['*'], (_origin: string, done: (error: null, origin: string) => void) => done(null, '*')]

for (const [i, wildcard] of wildcards.entries()) {
  t.test(`"*" is answered with "*", and without credentials, in form ${i}`, async (t) => {
    const app = await open(t, { origin: wildcard ?? '*' })
    const sid = await connectPolling(app)
    const asked = [['GET', ''], ['GET', '?no'], ['POST', `xhr-polling/${sid}`], ['GET', 'xhr-polling/x'], ['GET', 'xhr-multipart/x']] as const
    for (const [method, url] of asked) {
      const response = await inject(app, `/socket.io/1/${url}`, { origin }, { method, ...(method === 'POST' && { payload: '2::' }) })
      t.same(corsOf(response.headers), ANY, `${method} ${url}`)
    }
    for (const url of ['?jsonp=0', 'jsonp-polling/x', 'htmlfile/x']) {
      t.same(corsOf((await inject(app, `/socket.io/1/${url}`, { origin })).headers), [undefined, undefined, undefined], url)
    }
    const preflight = await inject(app, '/socket.io/1/', { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-own' }, { method: 'OPTIONS' })
    t.equal(preflight.statusCode, 204)
    t.same(corsOf(preflight.headers), ['*', undefined, 'Access-Control-Request-Headers'])
  })
}

t.test('with "*", the header of an app-wide @fastify/cors is kept', async (t) => {
  const app = newApp(t)
  app.addHook('onRequest', async (_request, reply) => { reply.header('access-control-allow-origin', 'http://own.test') })
  await app.register(socketioTransports, { cors: { origin: '*' } })
  t.same(corsOf((await inject(app, '/socket.io/1/', { origin })).headers), ['http://own.test', undefined, undefined])
})

/** The CORS headers of a handshake, a poll, a POST, a refusal and a preflight, with an Origin and without. */
async function answersOf (port: number): Promise<unknown[]> {
  const seen: unknown[] = []
  const base = `http://127.0.0.1:${port}/socket.io/?EIO=4&transport=`
  const ask = async (url: string, init: RequestInit): Promise<string> => {
    const response = await fetch(base + url, init)
    const { status, headers } = response
    seen.push([init.method, status, ...['origin', 'credentials', 'headers'].map((name) => headers.get(`access-control-allow-${name}`)), headers.get('vary')])
    return await response.text()
  }
  for (const headers of [{ origin }, {}] as Record<string, string>[]) {
    const open = await ask('polling', { method: 'GET', headers })
    const { sid } = JSON.parse(open.slice(1)) as { sid: string }
    await ask(`polling&sid=${sid}`, { method: 'POST', headers, body: '40' })
    await ask(`polling&sid=${sid}`, { method: 'GET', headers })
    await ask('unknown', { method: 'GET', headers })
    await ask('polling', { method: 'OPTIONS', headers: { ...headers, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-own' } })
  }
  return seen
}

for (const cors of [{ origin: '*' }, { origin: '*', credentials: false }, {}]) {
  t.test(`the drop-in answers as socket.io does with cors ${JSON.stringify(cors)}`, async (t) => {
    const app = newApp(t)
    await app.register(fastifySocketIO, { cors, serveClient: false })
    const http = createServer()
    const io = new Server(http, { cors })
    t.teardown(() => io.close())
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const { port } = http.address() as AddressInfo
    t.strictSame(await answersOf(await portOf(app)), await answersOf(port))
  })
}

t.test('the drop-in says that credentials have no effect with "*"', async (t) => {
  for (const [cors, warnings] of [[{ origin: '*', credentials: true }, 1], [{ credentials: true }, 1], [{ origin: '*' }, 0], [{ origin: true, credentials: true }, 0]] as const) {
    const { lines, logger } = captureLog('warn')
    const app = newApp(t, { logger })
    await app.register(fastifySocketIO, { cors, serveClient: false })
    t.equal(lines.filter(({ msg }) => /^cors\.credentials has no effect with cors\.origin "\*"/.test(msg)).length, warnings)
    t.equal(lines.length, warnings)
  }
})
