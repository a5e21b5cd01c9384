// Plugins that apps use for everything: they see these routes as any others, and break none.
import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { inject, newApp, portOf } from '../../kit/servers/app.js'
import { byScript } from '../../kit/script.js'
import { connectPolling, handshake, poll, sidOf } from '../../kit/revision-1/inject.js'

const origin = 'http://elsewhere.test'

t.test('@fastify/cors for all of the app: its headers stand alone, ours are not added', async (t) => {
  const app = newApp(t)
  await app.register(cors, { origin: [origin], credentials: true })
  await app.register(socketioTransports, { cors: { origin: true } })
  app.get('/own', async () => 'own')
  const sid = await connectPolling(app)
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'x' })
  for (const url of ['/own', '/socket.io/1/', `/socket.io/1/xhr-polling/${sid}`]) {
    const { statusCode, headers } = await inject(app, url, { origin })
    t.equal(statusCode, 200, url)
    t.equal(headers['access-control-allow-origin'], origin)
    t.equal(headers['access-control-allow-credentials'], 'true')
    t.equal(headers['vary'], 'Origin')
  }
  const port = await portOf(app)
  const response = await fetch(`http://127.0.0.1:${port}/socket.io/1/`, { headers: { origin } })
  t.equal(response.headers.get('access-control-allow-origin'), origin, 'one value on the wire')
})

t.test('@fastify/cors answers preflights, and no session comes of them', async (t) => {
  const app = newApp(t)
  await app.register(cors, { origin: [origin], methods: ['GET', 'POST', 'PUT'] })
  await app.register(socketioTransports, { cors: { origin: true } })
  const sid = await handshake(app)
  for (const url of ['/socket.io/1/', `/socket.io/1/xhr-polling/${sid}`]) {
    const response = await inject(app, url, { origin, 'access-control-request-method': 'POST' }, { method: 'OPTIONS' })
    t.equal(response.statusCode, 204, url)
    t.equal(response.headers['access-control-allow-origin'], origin)
    t.equal(response.headers['access-control-allow-methods'], 'GET, POST, PUT')
  }
  t.equal(app.socketio.sessions.size, 1)
})

t.test('what @fastify/cors allows is not enough where our policy refuses', async (t) => {
  const app = newApp(t)
  await app.register(cors, { origin: true })
  await app.register(socketioTransports)
  const response = await inject(app, '/socket.io/1/', { origin })
  t.equal(response.statusCode, 403)
  t.equal(response.body, 'handshake bad origin')
  t.equal(app.socketio.sessions.size, 0)
})

const decoders = { gzip: gunzipSync, br: brotliDecompressSync, identity: (body: Buffer) => body }

for (const [encoding, decode] of Object.entries(decoders)) {
  t.test(`@fastify/compress: polls large and small decode right (${encoding})`, async (t) => {
    const app = newApp(t)
    await app.register(compress, { threshold: 1024 })
    await app.register(socketioTransports)
    const sid = await connectPolling(app)
    const large = 'large 😀 '.repeat(20_000)
    for (const data of ['small', large]) {
      app.socketio.sessions.get(sid)?.send({ type: 'message', data })
      const response = await inject(app, `/socket.io/1/xhr-polling/${sid}`, { 'accept-encoding': encoding })
      const compressed = data === large && encoding !== 'identity'
      t.equal(response.headers['content-encoding'], compressed ? encoding : undefined)
      t.equal((compressed ? decode : decoders.identity)(response.rawPayload).toString(), `3:::${data}`)
    }
    app.socketio.sessions.get(sid)?.send({ type: 'message', data: large })
    const script = await app.inject(byScript(`/socket.io/1/jsonp-polling/${sid}?i=0`, { 'accept-encoding': encoding }))
    const body = script.headers['content-encoding'] === undefined ? script.rawPayload : decode(script.rawPayload)
    t.equal(body.toString(), `io.j[0](${JSON.stringify(`3:::${large}`)});`)
  })
}

for (const transport of ['htmlfile', 'xhr-multipart'] as const) {
  t.test(`@fastify/compress leaves ${transport} alone: each packet arrives when it is sent`, async (t) => {
    const app = newApp(t)
    await app.register(compress, { threshold: 0 })
    await app.register(socketioTransports, { transports: [transport] })
    app.get('/own', async (_request, reply) => reply.type('text/html').send('own '.repeat(1000)))
    const sid = await handshake(app)
    const port = await portOf(app)
    const headers = { 'accept-encoding': 'gzip, br' }
    t.equal((await inject(app, '/own', headers)).headers['content-encoding'], 'br', 'other routes are compressed')
    const [response] = await once(get({ port, host: '127.0.0.1', path: `/socket.io/1/${transport}/${sid}`, headers }), 'response') as [IncomingMessage]
    t.equal(response.headers['content-encoding'], undefined)
    t.equal(response.headers['cache-control'], 'no-store, no-transform')
    t.equal(response.headers['x-accel-buffering'], 'no')
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
    while (!text.includes('1::')) await once(response, 'data')
    app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'now' })
    while (!text.includes('3:::now')) await once(response, 'data')
    response.destroy()
    t.match(text, transport === 'htmlfile' ? '<script>_("3:::now");</script>' : 'Content-Type: text/plain\n\n3:::now\n')
  })
}

t.test('@fastify/cookie: authorize reads cookies, and the session remembers what it made of them', async (t) => {
  const app = newApp(t)
  await app.register(cookie, { secret: 'a secret' })
  await app.register(socketioTransports, {
    authorize (request) {
      const { valid, value } = request.unsignCookie(request.cookies['user'] ?? '')
      return valid && { user: value }
    }
  })
  const signed = await inject(app, '/socket.io/1/', { cookie: `user=${encodeURIComponent(app.signCookie('bob'))}` })
  t.equal(signed.statusCode, 200)
  t.same(app.socketio.sessions.get(sidOf(signed))?.context, { user: 'bob' })
  t.equal((await inject(app, '/socket.io/1/', { cookie: 'user=bob' })).body, 'handshake unauthorized')
})

t.test('@fastify/rate-limit: its 429 has its own body, on handshakes and on polls alike', async (t) => {
  const app = newApp(t)
  await app.register(rateLimit, { max: 3, timeWindow: 60_000 })
  await app.register(socketioTransports)
  const sid = await connectPolling(app)
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'x' })
  const counts: unknown[] = []
  for (let i = 0; i < 4; i++) {
    const { statusCode, headers } = await inject(app, '/socket.io/1/', {}, { remoteAddress: '192.0.2.9' })
    counts.push([statusCode, headers['x-ratelimit-remaining']])
  }
  t.same(counts, [[200, '2'], [200, '1'], [200, '0'], [429, '0']])
  const before = await poll(app, sid)
  t.equal(before.body, '3:::x')
  const limited = await poll(app, sid)
  t.equal(limited.statusCode, 429)
  t.match(limited.json(), { statusCode: 429, error: 'Too Many Requests', message: 'Rate limit exceeded, retry in 1 minute' })
  const script = await app.inject(byScript('/socket.io/1/?jsonp=0'))
  t.equal(script.statusCode, 429)
  t.ok(app.socketio.sessions.has(sid), 'the session outlives a refused poll')
})
