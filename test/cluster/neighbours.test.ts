// Plugins of other authors beside the plugin on two nodes: their hooks run once for each request, at the node where it arrives, and their headers are in its answer as at the
// node with the session.
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import secureSession from '@fastify/secure-session'
import session, { MemoryStore } from '@fastify/session'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { serveNodes } from '../kit/cluster/serve-nodes.js'
import { linked, twoClusters } from '../kit/cluster/two-clusters.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { ENGINE_4 } from '../kit/engine-io/payload.js'
import { handshake } from '../kit/revision-1/inject.js'
import { ask, connectOfficial } from '../kit/official-clients.js'
import { newApp } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { inTime } from '../kit/waiting.js'
import type { Cluster } from '../../types/cluster.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import socketioTransports from '../../src/index.js'

declare module 'fastify' { interface Session { user?: string } }
declare module '@fastify/secure-session' { interface SessionData { user: string } }

const SECRET = 'a secret of more than thirty-two characters'
const PAGE = 'http://page.test'
type Neighbour = (app: FastifyInstance) => unknown

const store = new Map()
const SESSIONS: Record<string, Neighbour> = {
  '@fastify/session': async (app) => {
    await app.register(cookie)
    await app.register(session, { secret: SECRET, cookie: { secure: false }, store: new MemoryStore(store), saveUninitialized: false })
    app.get('/login', async (request) => { request.session.user = 'ada' })
  },
  '@fastify/secure-session': async (app) => {
    await app.register(secureSession, { key: Buffer.alloc(32, 1), cookie: { path: '/' } })
    app.get('/login', async (request) => { request.session.set('user', 'ada') })
  }
}

/** Two nodes with the neighbours. Each hook notes the node, the owner of the session and the user. */
async function build (t: Teardown, neighbours: readonly Neighbour[], seen: unknown[] = []): Promise<{ owner: FastifyInstance, edge: FastifyInstance, clusters: readonly Cluster[] }> {
  const clusters = await twoClusters()
  const [owner, edge] = await Promise.all(clusters.map(async (cluster, at) => {
    const app = newApp(t)
    for (const neighbour of neighbours) await neighbour(app)
    app.addHook('onRequest', async (request) => {
      const { user }: { user?: unknown } = Object(request.session)
      if (request.routeOptions.config.socketio !== undefined) seen.push([at, request.socketioNode, user ?? request.session?.get('user')])
    })
    await app.register(socketioTransports, { cluster })
    await app.ready()
    return app
  }))
  if (owner === undefined || edge === undefined) throw new Error('two nodes')
  await linked(clusters)
  return { owner, edge, clusters }
}

for (const [name, register] of Object.entries(SESSIONS)) {
  t.test(`${name}: a request at the other node has the session of its user there, and hooks run once`, async (t) => {
    const seen: unknown[] = []
    const { owner, edge, clusters: [ofOwner, ofEdge] } = await build(t, [register], seen)
    const { url, socket } = await connectEngine(owner, ENGINE_4)
    const login = String((await edge.inject('/login')).headers['set-cookie']).split(';')[0] ?? ''
    seen.length = 0
    socket.write('hello')
    t.equal((await edge.inject({ url, headers: { cookie: login } })).body, '4hello')
    t.strictSame(seen, [[1, ofOwner?.tag, 'ada']])
    const sid = await handshake(edge)
    seen.length = 0
    t.equal((await owner.inject({ method: 'POST', url: `/socket.io/1/xhr-polling/${sid}`, payload: '2::', headers: { cookie: login } })).body, '1')
    t.strictSame(seen, [[0, ofEdge?.tag, 'ada']])
  })
}

t.test('@fastify/helmet and @fastify/cors: the answer at the other node has the headers of one at the own', async (t) => {
  const { owner, edge } = await build(t, [(app) => app.register(helmet), (app) => app.register(cors, { origin: PAGE, credentials: true })])
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  const poll = async (app: FastifyInstance) => {
    socket.write('hello')
    const { statusCode, body, headers: { date: _, ...headers } } = await app.inject({ url, headers: { 'sec-fetch-site': 'same-origin', origin: PAGE } })
    return { statusCode, body, headers }
  }
  const [there, here] = [await poll(edge), await poll(owner)]
  t.strictSame(there, here)
  t.match(there, { statusCode: 200, body: '4hello', headers: { 'access-control-allow-origin': PAGE, 'access-control-allow-credentials': 'true', 'content-security-policy': /default-src/ } })
  const refused = async (app: FastifyInstance) => (await app.inject({ url: `${url}0`, headers: { origin: 'http://evil.test' } })).statusCode
  t.strictSame([await refused(edge), await refused(owner)], [403, 403])
})

t.test('@fastify/rate-limit counts a request where it arrives, once, and what it refuses does not reach the session', async (t) => {
  const { owner, edge } = await build(t, [(app) => app.register(rateLimit, { max: 3 })])
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  for (const left of ['2', '1', '0']) {
    socket.write('hello')
    const { statusCode, body, headers } = await edge.inject(url)
    t.strictSame([statusCode, body, headers['x-ratelimit-remaining']], [200, '4hello', left])
  }
  socket.write('kept')
  t.equal((await edge.inject(url)).statusCode, 429)
  const { statusCode, body, headers } = await owner.inject(url)
  t.strictSame([statusCode, body, headers['x-ratelimit-remaining']], [200, '4kept', '1'], 'the handshake was the first one here')
})

t.test('real clients through all of them, with each request at the next node', async (t) => {
  const clusters = await twoClusters()
  const users: unknown[] = []
  const { io, url } = await serveNodes(t, clusters, async (options: SocketioTransportsOptions) => {
    const app = newApp(t)
    await app.register(helmet)
    await app.register(cors, { origin: PAGE })
    await app.register(rateLimit, { max: 10_000 })
    await SESSIONS['@fastify/session']?.(app)
    app.addHook('onRequest', async (request) => { if (request.socketioNode !== null) users.push(request.session.user) })
    await app.register(socketioTransports, options)
    return app
  })
  await linked(clusters)
  io.on('connection', (socket) => socket.on('echo', (data: unknown, ack: (data: unknown) => void) => ack(data)))
  for (const [generation, ...transports] of [[0.9, 'websocket'], [0.9, 'xhr-polling'], [1, 'polling'], [2, 'polling', 'websocket'], [3, 'polling', 'websocket'], [4, 'polling', 'websocket'], [4, 'websocket']] as const) {
    const peer = connectOfficial(generation, url, transports)
    for (let i = 0; i < 3; i++) t.strictSame(await inTime(ask(peer, 'echo', `é ${i}`), `echo ${i} for ${generation}`), [`é ${i}`], `client ${generation} by ${transports.join()}`)
    peer.disconnect()
  }
  t.ok(users.length > 5, `${users.length} requests were at the wrong node`)
})
