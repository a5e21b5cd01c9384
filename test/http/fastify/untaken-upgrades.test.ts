// Upgrades that nobody can take: each is answered with an HTTP status, and its connection is closed.
import { Readable } from 'node:stream'
import type { Duplex } from 'node:stream'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { until } from '../../kit/waiting.js'
import { head, UPGRADE } from '../../kit/raw/http.js'
import { newApp, pluginApp, portOf } from '../../kit/servers/app.js'
import { scriptHeaders } from '../../kit/script.js'
import { dial, RawConnection } from '../../kit/raw/connection.js'
import { connectWebsocket, handshake } from '../../kit/revision-1/inject.js'
import { requestUpgrade } from '../../kit/request.js'

/** Paths where an upgrade is out of place, and what answers it. SID is a live session's id. */
const misplaced = [
  { path: '/plain', status: 200, body: 'plain' },
  { path: '/nowhere', status: 404, body: 'own 404' },
  { path: '/socket.io/1/xhr-polling/SID', status: 400, body: 'bad request' },
  { path: '/socket.io/1/jsonp-polling/SID?i=0', status: 400, body: 'bad request' },
  { path: '/socket.io/1/htmlfile/SID', status: 400, body: 'bad request' },
  { path: '/socket.io/1/flashsocket/SID', status: 400, body: 'bad request' },
  { path: '/socket.io/1/', status: 400, body: 'bad request' },
  { path: '/socket.io/2/websocket/SID', status: 500, body: 'Protocol version not supported.' },
  { path: '/socket.io/1/websocket/SID?disconnect=1', status: 200, body: '' },
  { path: '/socket.io/1/websocket/%ff', status: 400, body: /not a valid url component/ },
  { path: '/socket.io/%', status: 400, body: /not a valid url component/ }
]

for (const { path, status, body } of misplaced) {
  t.test(`an upgrade on ${path} is answered with ${status}, and its connection is closed`, async (t) => {
    const app = await pluginApp(t)
    app.get('/plain', async () => 'plain')
    app.setNotFoundHandler((_request, reply) => reply.code(404).send('own 404'))
    const sid = await handshake(app)
    const answer = await requestUpgrade(app, path.replace('SID', sid), scriptHeaders(path, `http://127.0.0.1:${await portOf(app)}`))
    t.equal(answer.status, status)
    t.match(answer.body, typeof body === 'string' ? new RegExp(`^${body}$`) : body)
    t.equal(app.socketio.sessions.has(sid), !path.includes('disconnect'))
    t.equal((await connectWebsocket(app)).socket.readyState, 1, 'the next upgrade works')
  })
}

for (const [whose, setUp] of [['this plugin', () => {}], ['the app', (app: FastifyInstance) => app.register(fastifyWebsocket)]] as const) {
  t.test(`what Fastify answers by itself to an upgrade, with the WebSockets of ${whose}, is closed too, and the app closes`, async (t) => {
    const app = newApp(t)
    await setUp(app)
    await app.register(socketioTransports)
    const statuses: number[] = []
    app.addHook('preClose', async () => { statuses.push((await requestUpgrade(app, '/socket.io/1/websocket/x')).status) })
    statuses.push((await requestUpgrade(app, '/socket.io/%')).status)
    await app.close()
    t.strictSame(statuses, [400, 503])
  })
}

t.test('an upgrade that is no WebSocket is answered with a status and closed', async (t) => {
  const app = await pluginApp(t)
  const sid = await handshake(app)
  const answer = await requestUpgrade(app, `/socket.io/1/websocket/${sid}`, { 'sec-websocket-version': '7' })
  t.equal(answer.status, 400)
  t.ok(app.socketio.sessions.has(sid))
})

t.test('a plain GET on the URL of a WebSocket is refused, and its session lives', async (t) => {
  const app = await pluginApp(t)
  const sid = await handshake(app)
  const answer = await app.inject(`/socket.io/1/websocket/${sid}`)
  t.equal(answer.statusCode, 426)
  t.equal(answer.body, 'upgrade required')
  t.ok(app.socketio.sessions.has(sid))
})

t.test('an upgrade by a method that has no route is answered with 404 and closed', async (t) => {
  const app = await pluginApp(t)
  for (const method of ['PUT', 'DELETE', 'HEAD']) {
    t.equal((await requestUpgrade(app, '/socket.io/1/websocket/x', {}, method)).status, 404, method)
  }
})

t.test('a large answer to an upgrade that nobody takes arrives whole', async (t) => {
  const app = await pluginApp(t)
  app.get('/large', async (_request, reply) => reply.type('text/plain').send(Readable.from(Array(100).fill('x'.repeat(65_536)))))
  const { status, body } = await requestUpgrade(app, '/large')
  t.equal(status, 200)
  t.equal(body.length, 6_553_600)
})

t.test('a GET that would also take HTTP/2 is an ordinary request', async (t) => {
  const app = await pluginApp(t)
  const answer = await requestUpgrade(app, '/socket.io/1/', { upgrade: 'h2c' })
  t.equal(answer.status, 200)
  t.match(answer.body, /^[\w-]{20}:60:60:/)
})

// Node takes its parser off a connection whose request asks for an upgrade as soon as anybody listens for those; the body is
// lost to everyone (README, Limits). What counts is that such a client is answered and let go.
t.test('a POST that would also take another protocol is answered, and its connection closed', async (t) => {
  const app = await pluginApp(t)
  app.post('/plain', async (request) => ({ got: request.body }))
  const raw = dial(t, await portOf(app))
  raw.write(head('POST', '/plain', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'Content-Type: application/json', 'Content-Length: 9') + '{"a":"b"}')
  const text = await raw.rest()
  t.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/)
  t.match(text, /connection: close\r\n/i)
})

t.test('a listener of the app that leaves upgrades lying does not end the process when their connections break', async (t) => {
  const app = await pluginApp(t)
  const seen: Duplex[] = []
  app.server.on('upgrade', (_request, socket: Duplex) => { seen.push(socket) })
  const raw = new RawConnection(await portOf(app))
  await raw.write(head('GET', '/elsewhere', ...UPGRADE))
  await until(() => seen.length === 1)
  seen[0]?.resume()
  raw.reset()
  await until(() => seen[0]?.destroyed === true)
  t.equal((await connectWebsocket(app)).socket.readyState, 1)
})
