// Apps that also listen to upgrades in other ways: a proxy, a listener that destroys what it does not know, the dev server of Vite.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import httpProxy from '@fastify/http-proxy'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { Server } from 'socket.io'
import t from 'tap'
import type { Test } from 'tap'
import { createServer as createVite } from 'vite'
import { WebSocket } from 'ws'
import socketioTransports from '../../../src/index.js'
import { ask, connectOfficial, join4, next } from '../../kit/official-clients.js'
import type { Generation } from '../../kit/official-clients.js'
import { head, UPGRADE } from '../../kit/raw/http.js'
import { dial } from '../../kit/raw/connection.js'
import { requestUpgrade } from '../../kit/request.js'
import { newApp, portOf } from '../../kit/servers/app.js'
import { inTime } from '../../kit/waiting.js'
import { openWebSocket } from '../../kit/websocket.js'

/** The Origin of client 0.9 in Node has no scheme. */
const OPTIONS = { io: {} }

/** Which clients come, and by which transports. */
const CLIENTS: readonly [generation: Generation, transports: readonly string[]][] = [
  [4, ['websocket']], [4, ['polling', 'websocket']], [2, ['websocket']], [2, ['polling', 'websocket']], [0.9, ['websocket']]
]

const echo = (io: Server, whose: string): void => {
  io.on('connection', (socket) => {
    socket.on('echo', (x, answer) => answer(`${whose} ${x} ${socket.conn.transport.name}`))
  })
}

/** Resolves when the engine of a client uses a WebSocket. */
async function upgraded (engine: { transport: { name: string } } & Parameters<typeof next>[0]): Promise<void> {
  if (engine.transport.name !== 'websocket') await next(engine, 'upgrade')
}

/** Registers ours: its Server says "ours" in its answers. */
async function ours (app: FastifyInstance): Promise<void> {
  await app.register(socketioTransports, OPTIONS)
  echo(app.io, 'ours')
}

/** Every generation connects, moves to a WebSocket, and gets an answer of our Server. */
async function allConnect (t: Test, app: FastifyInstance): Promise<void> {
  const url = `http://127.0.0.1:${await portOf(app)}`
  for (const [generation, transports] of CLIENTS) {
    const client = connectOfficial(generation, url, transports)
    const name = `${generation} by ${transports.join(', ')}`
    t.teardown(() => client.disconnect())
    const failed = new Promise<never>((_resolve, reject) => {
      for (const event of ['connect_error', 'error']) client.on(event, (reason) => reject(new Error(`${name}: ${String(reason)}`)))
    })
    await inTime(Promise.race([new Promise((resolve) => client.on('connect', resolve)), failed]), name)
    const { io } = client as { io?: { engine: Parameters<typeof upgraded>[0] } }
    if (io !== undefined) await inTime(upgraded(io.engine), `upgrade of ${name}`)
    t.same(await inTime(ask(client, 'echo', 'hi'), `answer to ${name}`), ['ours hi websocket'], name)
    client.disconnect()
  }
}

/** A server behind a proxy, with a socket.io of its own under `/theirs`, and a plain WebSocket at `/plain`. */
async function upstream (t: Test): Promise<string> {
  const app = newApp(t)
  await app.register(fastifyWebsocket)
  app.get('/plain', { websocket: true }, (socket) => { socket.on('message', (data) => socket.send(`upstream ${String(data)}`)) })
  await app.register(socketioTransports, { io: {}, path: '/theirs' })
  echo(app.io, 'theirs')
  return `http://127.0.0.1:${await portOf(app)}`
}

const inScope = (set: (app: FastifyInstance) => Promise<unknown>) => async (app: FastifyInstance): Promise<void> => {
  await app.register(async (scope) => { await set(scope) })
}

for (const prefix of ['/', '/api']) {
  const base = prefix === '/' ? '' : prefix
  const arrangements: Record<string, (app: FastifyInstance, proxy: (app: FastifyInstance) => Promise<unknown>) => Promise<void>> = {
    'before ours': async (app, proxy) => {
      await proxy(app)
      await ours(app)
    },
    'after ours': async (app, proxy) => {
      await ours(app)
      await proxy(app)
    },
    'in a scope before ours': async (app, proxy) => {
      await inScope(proxy)(app)
      await ours(app)
    },
    'beside ours, which is in a scope': async (app, proxy) => {
      await inScope(ours)(app)
      await proxy(app)
    },
    'before ours, beside a @fastify/websocket of the app': async (app, proxy) => {
      await proxy(app)
      await app.register(fastifyWebsocket)
      await ours(app)
    },
    'after ours, beside a @fastify/websocket of the app': async (app, proxy) => {
      await app.register(fastifyWebsocket)
      await ours(app)
      await proxy(app)
    }
  }
  for (const [where, arrange] of Object.entries(arrangements)) {
    t.test(`@fastify/http-proxy at ${prefix} with websocket: true, ${where}: our clients are ours`, async (t) => {
      const app = newApp(t)
      const target = await upstream(t)
      await arrange(app, async (scope) => { await scope.register(httpProxy, { upstream: target, prefix, websocket: true }) })
      await allConnect(t, app)
      if (where.includes('of the app')) return // @fastify/websocket and the proxy both answer the upgrades of other paths, which is an error without us
      const plain = await openWebSocket(`http://127.0.0.1:${await portOf(app)}${base}/plain`)
      plain.send('hi')
      t.equal(await plain.next(), 'upstream hi')
      const theirs = await join4(t, `http://127.0.0.1:${await portOf(app)}`, { path: `${base}/theirs`, transports: ['polling', 'websocket'] })
      await inTime(upgraded(theirs.io.engine), 'upgrade')
      t.same(await ask(theirs, 'echo', 'hi'), ['theirs hi websocket'], 'a socket.io behind the proxy')
      if (prefix === '/') return
      const raw = dial(t, await portOf(app))
      await raw.write(head('GET', '/elsewhere', ...UPGRADE))
      t.match(await raw.rest(), /^HTTP\/1.1 404 /, 'the proxy answers upgrades of all other paths if it is the only listener')
    })
  }
}

/** Listeners of other authors for 'upgrade', by when they are added. */
const strangers: Record<string, (request: IncomingMessage, socket: Duplex) => void> = {
  'destroys every connection': (_request, socket) => { socket.destroy() },
  'destroys what it does not know': ({ url }, socket) => { if (url !== '/graphql') socket.destroy() },
  'answers everything with 400': (_request, socket) => { socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
  throws: () => { throw new Error('of a stranger') }
}

for (const [what, listener] of Object.entries(strangers)) {
  for (const [whose, setUp] of [['ours', async () => {}], ['of the app', async (app: FastifyInstance) => { await app.register(fastifyWebsocket) }]] as const) {
    t.test(`a listener for 'upgrade' that ${what}, with a @fastify/websocket that is ${whose}: our clients are ours`, async (t) => {
      const app = newApp(t)
      const add = (when: string): void => { app.server.on('upgrade', Object.defineProperty(listener.bind(undefined), 'name', { value: when })) }
      add('before')
      await setUp(app)
      await ours(app)
      add('after')
      await app.ready()
      add('when ready')
      app.server.prependListener('upgrade', listener)
      await allConnect(t, app)
    })
  }
}

t.test('the dev server of Vite has its own WebSocket beside ours', async (t) => {
  const app = newApp(t)
  await ours(app)
  const vite = await createVite({ configFile: false, logLevel: 'silent', appType: 'custom', optimizeDeps: { noDiscovery: true }, server: { middlewareMode: true, watch: null, hmr: { server: app.server } } })
  t.teardown(() => vite.close())
  await allConnect(t, app)
  const { webSocketToken: token } = vite.config
  const hmr = new WebSocket(`ws://127.0.0.1:${await portOf(app)}/?token=${token}`, 'vite-hmr')
  const [message] = await once(hmr, 'message') as [Buffer]
  t.match(String(message), '"connected"')
  hmr.close()
  await once(hmr, 'close')
})

t.test('a refused upgrade is refused with our words, whatever else listens', async (t) => {
  const app = newApp(t)
  app.server.on('upgrade', (_request, socket) => socket.destroy())
  await app.register(socketioTransports)
  const headers = { origin: 'http://elsewhere.test' }
  const { status, body } = await requestUpgrade(app, '/socket.io/?EIO=4&transport=websocket', headers)
  t.strictSame([status, body], [403, '{"code":4,"message":"Forbidden"}'])
  t.equal((await requestUpgrade(app, '/socket.io/1/websocket/x', headers)).body, 'handshake bad origin')
  t.equal((await requestUpgrade(app, '/socket.io/1/', { upgrade: 'h2c' })).status, 200, 'and one to another protocol is an ordinary request')
  const raw = dial(t, await portOf(app))
  await raw.write(head('GET', '/elsewhere', ...UPGRADE))
  t.equal(await raw.rest(), '', 'upgrades of other paths are theirs')
})

t.test('several registrations share one dispatcher, and the server is as before when the app has closed', async (t) => {
  const app = newApp(t)
  const { emit } = app.server
  for (const path of ['/one', '/two']) await inScope(async (scope) => { await scope.register(socketioTransports, { path }) })(app)
  const seen: (string | undefined)[] = []
  app.server.on('upgrade', ({ url }, socket) => {
    seen.push(url)
    socket.destroy()
  })
  await portOf(app)
  for (const path of ['/one', '/two']) {
    t.equal((await requestUpgrade(app, `${path}/?EIO=4&transport=websocket`)).status, 101)
  }
  t.not(app.server.emit, emit)
  t.strictSame(seen, [])
  await app.close()
  t.equal(app.server.emit, emit)
  t.equal(app.server.listenerCount('upgrade'), 1)
})

t.test('an instrumentation that replaces emit of the server before or after us sees all other events', async (t) => {
  const app = newApp(t)
  const events: string[] = []
  const instrument = (name: string): void => {
    const { emit } = app.server
    Object.assign(app.server, {
      emit (this: typeof app.server, event: string, ...args: unknown[]) {
        events.push(`${name} ${event}`)
        return Reflect.apply(emit, this, [event, ...args]) as boolean
      }
    })
  }
  instrument('before')
  await app.register(socketioTransports)
  await app.ready()
  instrument('after')
  t.equal((await requestUpgrade(app, '/socket.io/?EIO=4&transport=websocket')).status, 101)
  t.equal((await requestUpgrade(app, '/elsewhere')).status, 404)
  await app.close()
  t.strictSame(events.filter((event) => event.includes('upgrade')), ['after upgrade', 'after upgrade', 'before upgrade'], 'the one before gets the upgrades of other paths')
  t.equal(events.filter((event) => event === 'before connection').length, 2)
})
