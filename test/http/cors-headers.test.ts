// The CORS headers of answers across origins, by transport and by outcome (WIRE.md 2 and 5), and preflights.
import t from 'tap'
import socketioTransports from '../../src/index.js'
import type { CorsOptions } from '../../types/options.js'
import { inject, newApp, pluginApp } from '../kit/servers/app.js'
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
