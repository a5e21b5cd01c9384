// Apps whose plugins protect, authenticate and limit every route.
import cookie from '@fastify/cookie'
import csrfProtection from '@fastify/csrf-protection'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import secureSession from '@fastify/secure-session'
import session, { MemoryStore } from '@fastify/session'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { ask, connectOfficial } from '../../kit/official-clients.js'
import { newApp } from '../../kit/servers/app.js'
import { inTime } from '../../kit/waiting.js'
import { testHosts } from './host.js'
import type { Host } from './host.js'

declare module 'fastify' { interface Session { user?: string } }
declare module '@fastify/secure-session' { interface SessionData { user: string } }

const SECRET = 'a secret of more than thirty-two characters'

const ownRoute = (app: FastifyInstance): void => { app.get('/own', async () => 'own') }

/** What @fastify/session has stored. */
const stored = new Map()

/** A token as `app.jwt.sign({ user: 'ada' })` makes it. */
let token = ''

const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> => (await fetch(url, { headers })).status

const HOSTS: readonly Host[] = [
  {
    name: '@fastify/helmet',
    register: (app) => app.register(helmet),
    routes: ownRoute,
    async check ({ t, url }) {
      const { headers } = await fetch(`${url}/own`)
      t.match(headers.get('content-security-policy'), /default-src 'self'/)
      t.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    }
  },
  {
    name: '@fastify/session, told not to save sessions in which there is nothing',
    async register (app) {
      stored.clear()
      await app.register(cookie)
      await app.register(session, { secret: SECRET, cookie: { secure: false }, store: new MemoryStore(stored), saveUninitialized: false })
    },
    routes: (app) => app.get('/own', async (request) => { request.session.user = 'ada' }),
    async check ({ t, url }) {
      t.match((await fetch(`${url}/own`)).headers.get('set-cookie'), /^sessionId=/)
    },
    after: ({ t }) => t.equal(stored.size, 1, 'only the own route has stored a session')
  },
  {
    name: '@fastify/session',
    async register (app) {
      stored.clear()
      await app.register(cookie)
      await app.register(session, { secret: SECRET, cookie: { secure: false }, store: new MemoryStore(stored) })
    },
    check: ({ t }) => t.ok(stored.size > 20, 'a session is stored for each request without its cookie')
  },
  {
    name: '@fastify/secure-session',
    register: (app) => app.register(secureSession, { key: Buffer.alloc(32, 1), cookie: { path: '/' } }),
    routes: (app) => app.get('/own', async (request) => { request.session.set('user', 'ada') }),
    async check ({ t, url }) {
      t.match((await fetch(`${url}/own`)).headers.get('set-cookie'), /^session=/)
    }
  },
  {
    name: '@fastify/jwt for all routes of the app, and in the handshake',
    async register (app) {
      await app.register(jwt, { secret: SECRET })
      token = app.jwt.sign({ user: 'ada' })
      app.addHook('onRequest', async (request) => {
        if (!request.routeOptions.config.socketio) await request.jwtVerify()
      })
    },
    options: (app) => ({
      authorize: ({ query }) => { try { return app.jwt.verify(Object(query).token) } catch { return false } }
    }),
    client: (generation) => ({ query: generation === 0.9 ? `token=${token}` : { token } }),
    routes: ownRoute,
    async check ({ t, app, url }) {
      t.equal(await statusOf(`${url}/own`), 401)
      t.equal(await statusOf(`${url}/own`, { authorization: `Bearer ${token}` }), 200)
      for (const query of ['', `&token=${token}x`]) t.equal(await statusOf(`${url}/socket.io/?EIO=4&transport=polling${query}`), 403)
      t.ok([...app.socketio.sessions.values()].every(({ context }) => Object(context).user === 'ada'))
    },
    expects: ({ reason }) => reason === 'unauthorized'
  },
  {
    name: '@fastify/csrf-protection for all routes of the app',
    async register (app) {
      await app.register(cookie)
      await app.register(csrfProtection)
      app.addHook('onRequest', (request, reply, done) => {
        if (request.routeOptions.config.socketio) done()
        else app.csrfProtection(request, reply, done)
      })
    },
    routes: ownRoute,
    async check ({ t, url }) { t.equal(await statusOf(`${url}/own`), 403) },
    expects: ({ msg }) => msg === 'Missing csrf secret'
  },
  {
    name: '@fastify/rate-limit',
    server: { trustProxy: true },
    register: (app) => app.register(rateLimit, {
      max: 20,
      allowList: (request) => request.socketio !== null
    }),
    routes: ownRoute,
    async check ({ t, url }) {
      const peer = connectOfficial(4, url, ['polling'])
      for (let i = 0; i < 30; i++) t.strictSame(await inTime(ask(peer, 'echo', i), 'echo'), [i])
      peer.disconnect()
      const statuses: number[] = []
      for (let i = 0; i < 30; i++) statuses.push(await statusOf(`${url}/own`, { 'x-forwarded-for': '192.0.2.1' }))
      t.strictSame([statuses[0], statuses.at(-1)], [200, 429])
    }
  }
]

testHosts(HOSTS)

t.test('@fastify/jwt, with the token in a cookie', async (t) => {
  const app = newApp(t)
  await app.register(cookie)
  await app.register(jwt, { secret: SECRET, cookie: { cookieName: 'token', signed: false } })
  await app.register(socketioTransports, { authorize: (request) => request.jwtVerify() })
  const headers = { cookie: `token=${app.jwt.sign({ user: 'ada' })}` }
  for (const url of ['/socket.io/1/', '/socket.io/?EIO=3&transport=polling', '/socket.io/?EIO=4&transport=polling']) {
    t.equal((await app.inject({ url, headers })).statusCode, 200, url)
    t.equal((await app.inject({ url, headers: { cookie: 'token=x' } })).statusCode, 401, url)
    t.equal((await app.inject(url)).statusCode, 401, url)
  }
  t.strictSame([...app.socketio.sessions.values()].map(({ context }) => Object(context).user), ['ada', 'ada', 'ada'])
})
