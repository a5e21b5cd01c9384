// The drop-in for fastify-socket.io: today's client and the one of 2.x against applications written for that plugin.
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import { Server } from 'socket.io'
import { io as connectToday } from 'socket.io-client'
import type { ManagerOptions, Socket as Client, SocketOptions } from 'socket.io-client'
import { Adapter } from 'socket.io-adapter'
import t from 'tap'
import { WebSocket } from 'ws'
import fastifySocketIO, { socketioServer } from '../../src/fastify-socket.io.js'
import type { FastifySocketioOptions } from '../../types/fastify-socket.io.js'
import { captureLog, newApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { next } from '../kit/official-clients.js'
import { requestUpgrade } from '../kit/request.js'

type Options = Partial<ManagerOptions & SocketOptions>
type Connect = (url: string, options: Options) => Client

const connectOf2 = createRequire(import.meta.url)('socket.io-client-2') as Connect

/** An application as it is written for that plugin; it echoes. */
async function build (t: Teardown, options?: FastifySocketioOptions, server?: FastifyServerOptions): Promise<FastifyInstance> {
  const app = newApp(t, server)
  app.register(fastifySocketIO, options ?? {})
  app.ready((error) => {
    if (error) throw error
    app.io.on('connection', (socket) => socket.on('echo', (x: unknown, ack: (x: unknown) => void) => ack(x)))
  })
  await app.ready()
  return app
}

const urlOf = async (app: FastifyInstance): Promise<string> => `http://127.0.0.1:${await portOf(app)}`

/** A client that is about to connect. */
async function client (t: Teardown, app: FastifyInstance, options: Options = {}, connect: Connect = connectToday): Promise<Client> {
  const made = connect(await urlOf(app), { forceNew: true, reconnection: false, ...options })
  t.teardown(() => made.disconnect())
  return made
}

async function connected (t: Teardown, app: FastifyInstance, options?: Options, connect?: Connect): Promise<Client> {
  const made = await client(t, app, options, connect)
  const failed = next(made, 'connect_error').then(([error]) => { throw error })
  await Promise.race([next(made, 'connect'), failed])
  return made
}

const echo = (socket: Client, x: unknown): Promise<unknown> => new Promise((resolve) => socket.emit('echo', x, resolve))

const POLLING = 'EIO=4&transport=polling'
/** The first poll of a session. */
async function open (app: FastifyInstance, { path = '/socket.io/', query = POLLING, headers = {} } = {}): Promise<Response> {
  return await fetch(`${await urlOf(app)}${path}?${query}`, { headers })
}

/** A client of both transports, as it is when both sides know that it has moved. */
async function moved (t: Teardown, app: FastifyInstance): Promise<Client> {
  const socket = await connected(t, app)
  if (socket.io.engine.transport.name === 'polling') await next(socket.io.engine, 'upgrade')
  await echo(socket, 'moved')
  return socket
}

/** What the server says in the open packet. */
const openPacket = async (app: FastifyInstance, where = {}): Promise<Record<string, unknown>> =>
  JSON.parse((await (await open(app, where)).text()).slice(1))

t.test('app.io is the official Server, without asking', async (t) => {
  const app = await build(t)
  t.ok(app.io instanceof Server)
})

t.test('plugins that depend on fastify-socket.io by its name, or on app.io, find it', async (t) => {
  const app = newApp(t)
  await app.register(fastifySocketIO)
  const plugin = fp(async (instance) => { t.ok(instance.io) }, { dependencies: ['fastify-socket.io'], decorators: { fastify: ['io'] } })
  await app.register(plugin)
})

t.test('it is found by its name, too', async (t) => {
  t.equal(socketioServer, fastifySocketIO)
})

t.test('a client connects by polling, moves to a WebSocket and is answered', async (t) => {
  const socket = await moved(t, await build(t))
  t.equal(socket.io.engine.transport.name, 'websocket')
  t.same(await echo(socket, { text: 'hé', bytes: Buffer.from([1, 2]) }), { text: 'hé', bytes: Buffer.from([1, 2]) })
})

for (const transport of ['polling', 'websocket'] as const) {
  t.test(`a client that wants ${transport} alone stays with it`, async (t) => {
    const socket = await connected(t, await build(t), { transports: [transport] })
    t.equal(await echo(socket, 'x'), 'x')
    t.equal(socket.io.engine.transport.name, transport)
  })
}

t.test('the path is that of the options, whether they end it with a slash or not', async (t) => {
  for (const path of ['/live', '/live/']) {
    const app = await build(t, { path })
    t.equal(await echo(await connected(t, app, { path: '/live' }), 1), 1)
    t.equal((await open(app)).status, 404)
  }
})

t.test('a path without a slash at its end is asked for by clients that add none', async (t) => {
  const app = await build(t, { addTrailingSlash: false })
  t.equal(await echo(await connected(t, app, { addTrailingSlash: false, transports: ['polling'] }), 1), 1)
})

t.test('clients of 2.x connect with allowEIO3, and are told of a wrong version without', async (t) => {
  const socket = await connected(t, await build(t, { allowEIO3: true }), {}, connectOf2)
  t.equal(await echo(socket, 'é'), 'é')
  const refused = await open(await build(t), { query: 'EIO=3&transport=polling' })
  t.equal(refused.status, 400)
  t.same(await refused.json(), { code: 5, message: 'Unsupported protocol version' })
})

t.test('with allowEIO3, a request that names no version is of 3', async (t) => {
  const body = await (await open(await build(t, { allowEIO3: true }), { query: 'transport=polling' })).text()
  t.match(body, /^\d+:0\{"sid"/)
})

t.test('the open packet has the times and sizes of the options', async (t) => {
  const times = await openPacket(await build(t, { pingInterval: 7000, pingTimeout: 3000, maxHttpBufferSize: 5000 }))
  t.match(times, { upgrades: ['websocket'], pingInterval: 7000, pingTimeout: 3000, maxPayload: 5000 })
  t.match(await openPacket(await build(t)), { pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 })
  t.same((await openPacket(await build(t, { allowUpgrades: false }))).upgrades, [])
})

t.test('maxHttpBufferSize bounds what a client sends', async (t) => {
  const app = await build(t, { maxHttpBufferSize: 5000 })
  const socket = await connected(t, app, { transports: ['websocket'] })
  const gone = next(socket, 'disconnect')
  socket.emit('echo', 'x'.repeat(5001))
  t.equal((await gone)[0], 'transport close')
})

t.test('what is sent to a client may be larger', async (t) => {
  const app = await build(t, { maxHttpBufferSize: 5000 })
  const socket = await connected(t, app, { transports: ['polling'] })
  const large = next(socket, 'large')
  app.io.emit('large', 'x'.repeat(3_000_000))
  t.equal(String((await large)[0]).length, 3_000_000)
})

t.test('a transport that is not offered is unknown', async (t) => {
  const refused = await open(await build(t, { transports: ['websocket'] }))
  t.equal(refused.status, 400)
  t.same(await refused.json(), { code: 0, message: 'Transport unknown' })
})

t.test('the cookie is set with the first answer, as the options say', async (t) => {
  const cookieOf = async (cookie: Exclude<FastifySocketioOptions['cookie'], undefined>): Promise<string | null> => {
    const response = await open(await build(t, { cookie }))
    const { sid } = JSON.parse((await response.text()).slice(1)) as { sid: string }
    return response.headers.get('set-cookie')?.replace(sid, 'SID') ?? null
  }
  t.equal(await cookieOf(false), null)
  t.equal(await cookieOf(true), 'io=SID; Path=/; HttpOnly; SameSite=Lax')
  t.equal(await cookieOf({ name: 'node', path: '/x', sameSite: 'strict', httpOnly: false }), 'node=SID; Path=/x; SameSite=Strict')
})

t.test('WebSockets are compressed only where that is asked for', async (t) => {
  for (const perMessageDeflate of [true, false]) {
    const app = await build(t, { perMessageDeflate })
    const socket = new WebSocket(`ws://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
    await once(socket, 'open')
    t.equal(socket.extensions, perMessageDeflate ? 'permessage-deflate' : '')
    socket.terminate()
  }
})

t.test('pages of the origins in cors read the answers', async (t) => {
  const app = await build(t, { cors: { origin: ['https://page.test', /\.other\.test$/], credentials: true } })
  for (const origin of ['https://page.test', 'https://an.other.test']) {
    const { status, headers } = await open(app, { headers: { origin } })
    t.equal(status, 200)
    t.equal(headers.get('access-control-allow-origin'), origin)
    t.equal(headers.get('access-control-allow-credentials'), 'true')
  }
  t.not((await open(app, { headers: { origin: 'https://foreign.test' } })).headers.get('access-control-allow-origin'), 'https://foreign.test')
})

t.test('a preflight allows the headers that cors allows', async (t) => {
  const app = await build(t, { cors: { origin: 'https://page.test', allowedHeaders: ['x-token'] } })
  const { status, headers } = await fetch(`${await urlOf(app)}/socket.io/?${POLLING}`, {
    method: 'OPTIONS',
    headers: { origin: 'https://page.test', 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-token' }
  })
  t.equal(status, 204)
  t.equal(headers.get('access-control-allow-origin'), 'https://page.test')
  t.equal(headers.get('access-control-allow-headers'), 'x-token')
})

const allowRequest: FastifySocketioOptions['allowRequest'] = (request: IncomingMessage & { _query?: Record<string, string> }, decide) => {
  decide('who are you?', request._query?.['token'] === 'secret')
}

t.test('allowRequest lets in, or tells the client why not', async (t) => {
  const app = await build(t, { allowRequest })
  t.equal(await echo(await connected(t, app, { query: { token: 'secret' } }), 'x'), 'x')
  const errors: unknown[] = []
  app.io.engine.on('connection_error', ({ code, context }: { code: number, context: unknown }) => errors.push(code, context))
  const refused = await open(app)
  t.equal(refused.status, 403)
  t.same(await refused.json(), { code: 4, message: 'who are you?' })
  t.match(errors, [4, { message: 'who are you?' }])
})

t.test('allowRequest decides about WebSockets, too', async (t) => {
  const app = await build(t, { allowRequest })
  t.equal((await requestUpgrade(app, '/socket.io/?EIO=4&transport=websocket&token=secret')).status, 101)
  t.match((await requestUpgrade(app, '/socket.io/?EIO=4&transport=websocket')).body, /who are you\?/)
})

t.test('today\'s client is served from the path, unless that is switched off', async (t) => {
  const folder = join('node_modules', 'socket.io', 'client-dist')
  const names = await readdir(folder)
  t.ok(names.length >= 8)
  const app = await build(t)
  for (const name of names) {
    const response = await fetch(`${await urlOf(app)}/socket.io/${name}`)
    t.equal(response.status, 200, name)
    t.match(response.headers.get('content-type'), name.endsWith('.map') ? 'application/json; charset=utf-8' : 'application/javascript; charset=utf-8')
    t.ok(Buffer.from(await response.arrayBuffer()).equals(await readFile(join(folder, name))), name)
  }
  const without = await build(t, { serveClient: false })
  t.not((await fetch(`${await urlOf(without)}/socket.io/socket.io.js`)).status, 200)
})

t.test('adapter, parser, recovery and the time to connect are the Server\'s', async (t) => {
  class MyAdapter extends Adapter {}
  const app = await build(t, { adapter: MyAdapter, connectTimeout: 1234 })
  t.ok(app.io.of('/').adapter instanceof MyAdapter)
  t.equal(app.io.connectTimeout(), 1234)
  const recovering = await build(t, { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } })
  const left = new Promise<void>((resolve) => {
    recovering.io.once('connection', (one) => one.once('disconnect', () => resolve()))
  })
  const socket = await connected(t, recovering, { transports: ['websocket'] })
  const { id } = socket
  const down = next(socket, 'news')
  recovering.io.emit('news', 1)
  await down
  socket.io.engine.close()
  await left // before that, the Server has nothing to recover
  socket.connect()
  await next(socket, 'connect')
  t.ok(socket.recovered)
  t.equal(socket.id, id)
})

t.test('an application that closes disconnects its clients, and the Server with them', async (t) => {
  const app = await build(t)
  let closed = 0
  app.io.of('/').adapter.close = () => { closed++ }
  const polling = await connected(t, app, { transports: ['polling'] })
  await echo(polling, 'and it polls')
  const clients = [polling, await connected(t, app, { transports: ['websocket'] }), await moved(t, app)]
  const gone = Promise.all(clients.map((socket) => next(socket, 'disconnect')))
  await app.close()
  for (const [reason] of await gone) t.equal(reason, 'io server disconnect')
  t.equal(closed, 1)
})

t.test('preClose takes the place of that, and the application waits for it', async (t) => {
  const order: string[] = []
  const app = await build(t, {
    preClose (done) {
      order.push('preClose')
      setImmediate(() => {
        order.push(`clients: ${app.io.engine.clientsCount}`)
        app.io.local.disconnectSockets(true)
        done()
      })
    }
  })
  const socket = await connected(t, app, { transports: ['websocket'] })
  const gone = next(socket, 'disconnect')
  await app.close()
  order.push('closed')
  t.same(order, ['preClose', 'clients: 1', 'closed'])
  t.equal((await gone)[0], 'io server disconnect')
})

t.test('a client that is thrown out is told so, so that it stays away, also while it moves to a WebSocket', async (t) => {
  const app = await build(t)
  const kicks: ((kick: () => void) => unknown)[] = [
    (kick) => kick(), setImmediate, ...[1, 2, 3, 5].map((ms) => (kick: () => void) => setTimeout(kick, ms))
  ]
  for (const when of kicks) {
    app.io.once('connection', (socket) => { when(() => socket.disconnect(true)) })
    const socket = await client(t, app)
    t.equal((await next(socket, 'disconnect'))[0], 'io server disconnect')
  }
})

t.test('a port that the Server was told to listen on is free after the application has closed', async (t) => {
  const app = await build(t, { serveClient: false })
  const taken = createServer().listen(0)
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  taken.close()
  await once(taken, 'close')
  app.io.listen(port)
  t.equal((await fetch(`http://127.0.0.1:${port}/socket.io/?${POLLING}`)).status, 200)
  await app.close()
  const again = createServer().listen(port)
  await once(again, 'listening')
  again.close()
})

t.test('functions of io.engine.use see each request, its response, and may refuse it', async (t) => {
  const app = await build(t)
  const { engine } = app.io
  engine.use((request: IncomingMessage & { user?: string }, response: { setHeader (name: string, value: string): void }, next: () => void) => {
    request.user = 'ada'
    response.setHeader('x-seen', 'yes')
    next()
  })
  engine.use((request: IncomingMessage & { _query?: { stop?: string } }, _response: unknown, next: (error?: Error) => void) => {
    setImmediate(next, request.url?.includes('stop') ? new Error('stop') : undefined)
  })
  const users: unknown[] = []
  app.io.use((socket, next) => {
    users.push((socket.request as { user?: string }).user)
    next()
  })
  for (const transport of ['polling', 'websocket'] as const) t.equal(await echo(await connected(t, app, { transports: [transport] }), 1), 1)
  t.same(users, ['ada', 'ada'])
  t.equal((await open(app)).headers.get('x-seen'), 'yes')
  t.equal((await requestUpgrade(app, '/socket.io/?EIO=4&transport=websocket')).headers['x-seen'], 'yes')
  const refused = await open(app, { query: `${POLLING}&stop=1` })
  t.equal(refused.status, 400)
  t.same(await refused.json(), { code: 3, message: 'Bad request' })
})

t.test('ids, and headers of the first answer, are made as engine.io lets one', async (t) => {
  const app = await build(t)
  let count = 0
  app.io.engine.generateId = () => `id-${++count}`
  app.io.engine.on('initial_headers', (headers: Record<string, string>) => { headers['x-first'] = 'yes' })
  const response = await open(app)
  t.equal(response.headers.get('x-first'), 'yes')
  t.match(await response.text(), '"sid":"id-1"')
  t.equal(app.io.engine.clientsCount, 1)
})

// ---- What is different here, and said in docs/migrate-from-fastify-socket.io.md.

t.test('clients that preClose lets be come back to the next server', async (t) => {
  for (const transport of ['websocket', 'polling'] as const) {
    const app = await build(t, { preClose: (done) => done() })
    const socket = await connected(t, app, { transports: [transport], reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 10 })
    await echo(socket, 'and it polls')
    const port = await portOf(app)
    const gone = next(socket, 'disconnect')
    await app.close()
    t.not((await gone)[0], 'io server disconnect')
    const again = await build(t)
    await again.listen({ port, host: '127.0.0.1' })
    await next(socket, 'connect')
    t.equal(await echo(socket, 'back'), 'back')
  }
})

t.test('hooks of the application run for the requests of clients', async (t) => {
  const app = newApp(t)
  await app.register(fastifySocketIO)
  const urls: string[] = []
  app.addHook('onRequest', async (request) => { urls.push(request.url.slice(0, 11)) })
  await open(app)
  t.same(urls, ['/socket.io/'])
  t.equal((await app.inject(`/socket.io/?${POLLING}`)).statusCode, 200)
})

t.test('other origins are refused unless cors allows them, upgrades included', async (t) => {
  const headers = { origin: 'https://foreign.test' }
  for (const app of [await build(t), await build(t, { cors: { origin: 'https://page.test' } })]) {
    t.equal((await open(app, { headers })).status, 403)
    t.equal((await requestUpgrade(app, '/socket.io/?EIO=4&transport=websocket', headers)).status, 403)
  }
})

t.test('what has no effect is logged, and nothing where there is nothing to say', async (t) => {
  const { lines, logger } = captureLog('warn')
  await build(t, {}, { logger })
  t.same(lines, [])
  const options = { httpCompression: true, wsEngine: {}, addTrailingSlash: true, transports: ['websocket', 'webtransport'] as const, cors: { maxAge: 1 } }
  await build(t, options as unknown as FastifySocketioOptions, { logger })
  t.same(lines.map(({ msg }) => msg), [
    'httpCompression has no effect: register @fastify/compress to compress answers to polls',
    'wsEngine has no effect: WebSockets are opened by @fastify/websocket',
    'cors.maxAge has no effect: register @fastify/cors for the whole app',
    'the transport "webtransport" is not served'
  ])
})

t.test('in a scope with a prefix the path is below it, which is logged', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = newApp(t, { logger })
  await app.register(async (scope) => { await scope.register(fastifySocketIO) }, { prefix: '/api' })
  t.equal((await open(app, { path: '/api/socket.io/' })).status, 200)
  t.match(lines[0]?.msg, /prefix \/api/)
})

t.test('a prefix among its own options does nothing, as ever', async (t) => {
  const app = newApp(t)
  await app.register(fastifySocketIO, { prefix: '/api' })
  t.equal((await open(app)).status, 200)
})

t.test('a cors that is a function of the request fails the registration', async (t) => {
  const cors: FastifySocketioOptions['cors'] = (_request, callback) => callback(null, {})
  await t.rejects(async () => await newApp(t).register(fastifySocketIO, { cors }), { code: 'FST_SIO_BAD_OPTION' })
})

t.test('an app whose registration fails for a wrong option can be closed', async (t) => {
  const app = newApp(t)
  await t.rejects(async () => { await app.register(fastifySocketIO, { path: '/' }) }, { code: 'FST_SIO_BAD_OPTION' })
  await app.close()
})
