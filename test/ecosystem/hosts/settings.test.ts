// Apps with settings of Fastify.
import type { FastifyInstance } from 'fastify'
import { parse } from 'qs'
import { BOTH, ONCE, testHosts } from './host.js'
import type { Host, Running } from './host.js'

const ownRoute = (app: FastifyInstance): void => { app.get('/own', async ({ id, ip, query }) => ({ id, ip, query })) }
const readOwn = async ({ url }: Running, path = '/own', headers: Record<string, string> = {}) => Object(await (await fetch(url + path, { headers })).json())
const echoes: Host['check'] = async (running) => running.t.strictSame((await readOwn(running, '/own?a=b')).query, { a: 'b' })

let ids = 0

const limits = {
  bodyLimit: 10,
  maxRequestsPerSocket: 1,
  connectionTimeout: 60_000,
  keepAliveTimeout: 1000,
  requestTimeout: 10_000
}

const strict = {
  disableRequestLogging: true,
  exposeHeadRoutes: false,
  allowErrorHandlerOverride: false,
  onProtoPoisoning: 'ignore',
  requestIdLogLabel: 'id',
  allowUnsafeRegex: true
}

const HOSTS: readonly Host[] = [
  {
    name: 'querystringParser',
    server: { routerOptions: { querystringParser: (text: string) => parse(text) } },
    routes: ownRoute,
    check: async (running) => running.t.strictSame((await readOwn(running, '/own?a[b]=c')).query, { a: { b: 'c' } })
  },
  {
    name: 'rewriteUrl',
    server: { rewriteUrl: ({ url = '' }: { url?: string }) => url.replace(/^\/v1\/own/, '/own') },
    routes: ownRoute,
    check: async (running) => running.t.strictSame((await readOwn(running, '/v1/own?a=b')).query, { a: 'b' })
  },
  {
    name: 'maxParamLength as long as an id',
    server: { routerOptions: { maxParamLength: 20 } },
    routes: (app) => app.get('/own/:name', async () => 'own'),
    async check ({ t, app }) {
      const statusOf = async (length: number) => (await app.inject(`/own/${'x'.repeat(length)}`)).statusCode
      t.equal(await statusOf(20), 200)
      t.not(await statusOf(21), 200)
    }
  },
  {
    name: 'handlerTimeout',
    server: { handlerTimeout: 60 },
    routes: (app) => app.get('/own', () => {}),
    async check ({ t, url }) { // takes as long as the limit, which polls and WebSockets are beyond then
      for (let i = 0; i < 2; i++) t.equal((await fetch(`${url}/own`)).status, 503)
    },
    expects: ({ err }) => Object(err).code === 'FST_ERR_HANDLER_TIMEOUT'
  },
  { name: 'limits of bodies, connections and requests', server: limits, routes: ownRoute, check: echoes },
  { name: 'forceCloseConnections', server: { forceCloseConnections: true }, routes: ownRoute, check: echoes },
  { name: 'forceCloseConnections off, and requests while the app closes', server: { forceCloseConnections: false, return503OnClosing: false }, routes: ownRoute, check: echoes },
  { name: 'no log of requests, no HEAD routes, one error handler a scope', server: strict, routes: ownRoute, check: echoes },
  {
    name: 'genReqId and requestIdHeader',
    server: { genReqId: () => `own-${++ids}`, requestIdHeader: 'x-request-id' },
    routes: ownRoute,
    async check (running) {
      running.t.match((await readOwn(running)).id, /^own-\d+$/)
      running.t.equal((await readOwn(running, '/own', { 'x-request-id': 'theirs' })).id, 'theirs')
    }
  },
  {
    name: 'trustProxy',
    server: { trustProxy: true },
    client: () => ({ extraHeaders: { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example' } }),
    routes: ownRoute,
    async check (running) {
      const { t, app } = running
      t.equal((await readOwn(running, '/own', { 'x-forwarded-for': '192.0.2.7' })).ip, '192.0.2.7')
      const addresses = [...app.io.sockets.sockets.values()].map(({ handshake }) => handshake.address)
      t.strictSame(addresses.filter((address) => address !== '127.0.0.1'), Array(6).fill('192.0.2.1'), 'of all clients that can send headers')
    }
  },
  {
    name: 'the router\'s own mind about slashes, case and semicolons',
    server: { routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, caseSensitive: false, useSemicolonDelimiter: true } },
    routes: ownRoute,
    check: async (running) => running.t.strictSame((await readOwn(running, '//OWN/;a=b')).query, { a: 'b' })
  },
  {
    name: 'handlers of its own for errors and for what is not found',
    orders: BOTH,
    register (app) {
      app.setErrorHandler((_error, _request, reply) => reply.code(400).send('own error'))
      app.setNotFoundHandler((_request, reply) => reply.code(404).send('own miss'))
    },
    routes: (app) => app.get('/own', async () => { throw new Error('fails') }),
    async check ({ t, app }) {
      t.strictSame([(await app.inject('/own')).body, (await app.inject('/none')).body], ['own error', 'own miss'])
    }
  }
]

testHosts(HOSTS.map((host) => ({ orders: ONCE, ...host })))
