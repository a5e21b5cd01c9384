// Hooks `onResponse` of an application for upgrades: they run once, when the WebSocket has ended or its upgrade has been refused.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import fastifyWebsocket from '@fastify/websocket'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { FastifyInstance } from 'fastify'
import metrics from 'fastify-metrics'
import t from 'tap'
import type { Test } from 'tap'
import socketioTransports from '../../../src/index.js'
import { ask, connectOfficial, next } from '../../kit/official-clients.js'
import type { Generation, Peer } from '../../kit/official-clients.js'
import { dial } from '../../kit/raw/connection.js'
import { head } from '../../kit/raw/http.js'
import { requestUpgrade } from '../../kit/request.js'
import { handshake } from '../../kit/revision-1/inject.js'
import { captureLog, newApp, portOf } from '../../kit/servers/app.js'
import { inTime, turn, until } from '../../kit/waiting.js'
import { openWebSocket } from '../../kit/websocket.js'

/** The Origin of client 0.9 in Node has no scheme. */
const OPTIONS = { io: {}, cors: { origin: true } }
const CLIENTS: readonly [generation: Generation, transports: readonly string[]][] = [
  [4, ['websocket']], [4, ['polling', 'websocket']], [2, ['websocket']], [0.9, ['websocket']]
]

interface Seen { url: string, status: number, ms: number }

/** The upgrades that a hook of the app has seen. */
function upgradesOf (app: FastifyInstance): Seen[] {
  const seen: Seen[] = []
  app.addHook('onResponse', async (request, reply) => {
    if (request.headers.upgrade !== undefined) seen.push({ url: request.url, status: reply.statusCode, ms: reply.elapsedTime })
  })
  return seen
}

async function ours (app: FastifyInstance): Promise<void> {
  await app.register(socketioTransports, OPTIONS)
  app.io.on('connection', (socket) => socket.on('echo', (x, answer) => answer(x)))
}

/** A client of each kind that uses a WebSocket. */
async function connectAll (t: Test, app: FastifyInstance): Promise<Peer[]> {
  const url = `http://127.0.0.1:${await portOf(app)}`
  const clients: Peer[] = []
  for (const [generation, transports] of CLIENTS) {
    const client = connectOfficial(generation, url, transports)
    t.teardown(() => client.disconnect())
    await inTime(new Promise((resolve) => client.on('connect', resolve)), `${generation}`)
    const { io } = client as { io?: { engine: { transport: { name: string } } & Parameters<typeof next>[0] } }
    if (io !== undefined && io.engine.transport.name !== 'websocket') await inTime(next(io.engine, 'upgrade'), 'upgrade')
    t.same(await inTime(ask(client, 'echo', 'x'), 'answer'), ['x'])
    clients.push(client)
  }
  return clients
}

const INSTANCES: Record<string, (app: FastifyInstance) => Promise<void>> = {
  ours,
  'of the app': async (app) => {
    await app.register(fastifyWebsocket)
    await ours(app)
  }
}

for (const [whose, register] of Object.entries(INSTANCES)) {
  t.test(`onResponse runs once for each WebSocket, at its end, with a @fastify/websocket that is ${whose}`, async (t) => {
    const app = newApp(t)
    await register(app)
    const seen = upgradesOf(app)
    const start = performance.now()
    const clients = await connectAll(t, app)
    t.strictSame(seen, [], 'not while it is open')
    const open = performance.now()
    await until(() => performance.now() - open > 50)
    for (const client of clients) client.disconnect()
    await until(() => seen.length === clients.length)
    for (const { status, ms, url } of seen) {
      t.equal(status, 101, url)
      t.ok(ms >= 50 && ms <= performance.now() - start, `${ms} ms`)
    }
    t.equal(new Set(seen.map(({ url }) => url)).size, clients.length)
    const more = await connectAll(t, app)
    await app.close()
    t.equal(seen.length, clients.length + more.length, 'and when the app closes')
  })

  t.test(`onResponse runs once for each refused upgrade, with a @fastify/websocket that is ${whose}`, async (t) => {
    const app = newApp(t)
    await register(app)
    const seen = upgradesOf(app)
    app.addHook('preHandler', async ({ headers }) => { if (headers.cookie === 'late') await turn() })
    app.addHook('onRequest', async ({ headers }, reply) => { if (headers.cookie === 'banned') await reply.code(401).send() })
    const refused: [path: string, headers: Record<string, string>, status: number][] = [
      ['/socket.io/?EIO=4&transport=websocket', { cookie: 'banned' }, 401],
      ['/socket.io/?EIO=4&transport=polling', {}, 400],
      ['/socket.io/?EIO=4&transport=websocket&sid=nobody', {}, 400],
      ['/socket.io/?EIO=4&transport=websocket', { 'sec-websocket-key': 'short' }, 400],
      ['/socket.io/?EIO=3&transport=websocket', { 'sec-websocket-version': '7', cookie: 'late' }, 400],
      [`/socket.io/1/websocket/${await handshake(app)}`, { 'sec-websocket-version': '7' }, 400],
      ['/socket.io/1/xhr-polling/x', {}, 400]
    ]
    for (const [path, headers, status] of refused) {
      t.equal((await requestUpgrade(app, path, headers)).status, status)
      await until(() => seen.length === 1)
      t.match(seen, [{ url: path, status }])
      await turn()
      t.equal(seen.splice(0).length, 1)
    }
    const unknown = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/socket.io/1/websocket/unknown`)
    await unknown.closed
    await until(() => seen.length === 1)
    t.equal(seen[0]?.status, 101)
  })

  t.test(`onResponse runs for injectWS, with a @fastify/websocket that is ${whose}`, async (t) => {
    const app = newApp(t)
    await register(app)
    const seen = upgradesOf(app)
    await app.ready()
    const socket = await app.injectWS('/socket.io/?EIO=4&transport=websocket')
    t.strictSame(seen, [])
    socket.close()
    await until(() => seen.length === 1)
    t.equal(seen[0]?.status, 101)
  })

  t.test(`@fastify/otel: every span that begins ends, with a @fastify/websocket that is ${whose}`, async (t) => {
    const exporter = new InMemorySpanExporter()
    let started = 0
    const counter: SpanProcessor = { onStart () { started++ }, onEnd () {}, forceFlush: async () => {}, shutdown: async () => {} }
    const instrumentation = new FastifyOtelInstrumentation()
    instrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors: [counter, new SimpleSpanProcessor(exporter)] }))
    const app = newApp(t)
    await app.register(instrumentation.plugin())
    await register(app)
    for (const client of await connectAll(t, app)) client.disconnect()
    await until(() => app.socketio.clientsCount === 0)
    await until(() => exporter.getFinishedSpans().length === started)
    await connectAll(t, app)
    const raw = dial(t, await portOf(app))
    await raw.write(head('GET', '/socket.io/?EIO=4&transport=websocket', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: short'))
    t.match(await raw.rest(), /^HTTP\/1.1 400 /)
    await app.close()
    const spans = exporter.getFinishedSpans()
    t.equal(spans.length, started)
    const upgrades = spans.filter(({ name, attributes }) => name === 'request' && attributes['http.response.status_code'] === 101)
    t.equal(upgrades.length, 2 * CLIENTS.length)
  })

  t.test(`fastify-metrics counts the WebSockets, with a @fastify/websocket that is ${whose}`, async (t) => {
    const app = newApp(t)
    await app.register(metrics as never, { clearRegisterOnInit: true, routeMetrics: { registeredRoutesOnly: false } })
    await register(app)
    for (const client of await connectAll(t, app)) client.disconnect()
    const counted = async (): Promise<number> => {
      const text = await (app as unknown as { metrics: { client: { register: { metrics (): Promise<string> } } } }).metrics.client.register.metrics()
      return [...text.matchAll(/^http_request_duration_seconds_count\{.*status_code="101".*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
    }
    await until(() => app.socketio.clientsCount === 0)
    for (let i = 0; i < 100 && await counted() < CLIENTS.length; i++) await turn()
    t.equal(await counted(), CLIENTS.length)
  })
}

t.test('a hook that the app gives our routes by onRoute runs, too', async (t) => {
  const app = newApp(t)
  const statuses: number[] = []
  app.addHook('onRoute', (route) => {
    if (route.wsHandler !== undefined) route.onResponse = async (_request, reply) => { statuses.push(reply.statusCode) }
  })
  await ours(app)
  const socket = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
  socket.close()
  await until(() => statuses.length === 1)
  t.strictSame(statuses, [101])
})

for (const hook of ['onRequestAbort', 'onTimeout'] as const) {
  t.test(`${hook} does not run for WebSockets`, async (t) => {
    const app = newApp(t)
    let runs = 0
    if (hook === 'onTimeout') app.addHook('onTimeout', async () => { runs++ })
    else app.addHook('onRequestAbort', async (_request) => { runs++ })
    await ours(app)
    const seen = upgradesOf(app)
    const connections: Socket[] = []
    app.server.on('connection', (socket) => connections.push(socket))
    for (const end of ['close', 'terminate'] as const) {
      const { socket } = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
      connections.splice(0)[0]?.emit('timeout')
      await turn()
      socket[end]()
      await until(() => seen.splice(0).length === 1)
    }
    t.equal(runs, 0)
  })
}

t.test('Fastify\'s line "request completed" comes at the end of a WebSocket, if there are hooks', async (t) => {
  for (const hooks of [true, false]) {
    const { lines, logger } = captureLog('info')
    const app = newApp(t, { logger })
    await ours(app)
    if (hooks) upgradesOf(app)
    const client = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
    client.socket.close()
    await app.close()
    t.match(lines.filter(({ msg }) => msg === 'request completed'), hooks ? [{ res: { statusCode: 101 } }] : [])
  }
})

t.test('without hooks, an open WebSocket does not keep the answer to its upgrade', async (t) => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  for (const hooks of [false, true]) {
    const app = newApp(t, { logger: captureLog('info').logger })
    await ours(app)
    if (hooks) upgradesOf(app)
    const answers: WeakRef<ServerResponse>[] = []
    app.addHook('onRequest', async (_request, reply) => { answers.push(new WeakRef(reply.raw)) })
    const client = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
    const isKept = async (): Promise<boolean> => {
      for (let i = 0; i < 20 && answers[0]?.deref() !== undefined; i++) {
        await new Promise((resolve) => setTimeout(resolve, 1)) // a WeakRef keeps its object until the end of the turn
        gc()
      }
      return answers[0]?.deref() !== undefined
    }
    t.equal(await isKept(), hooks)
    client.socket.terminate()
  }
})
