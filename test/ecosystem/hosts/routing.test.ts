// Apps with middleware, proxies, files, and WebSockets of their own.
import { fileURLToPath } from 'node:url'
import express from '@fastify/express'
import httpProxy from '@fastify/http-proxy'
import middie from '@fastify/middie'
import fastifyStatic from '@fastify/static'
import fastifyWebsocket from '@fastify/websocket'
import corsMiddleware from 'cors'
import { urlencoded } from 'express'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { openWebSocket } from '../../kit/websocket.js'
import { testHosts } from './host.js'
import type { Host, Running } from './host.js'

/** Another server, with pages and a WebSocket. */
async function upstreamOf (t: Test): Promise<string> {
  const app = Fastify({ forceCloseConnections: true })
  t.teardown(() => app.close())
  await app.register(fastifyWebsocket)
  app.get('/*', async ({ url }) => `upstream ${url}`)
  app.get('/websocket', { websocket: true }, (socket) => echo(socket, 'upstream'))
  return await app.listen({ port: 0, host: '127.0.0.1' })
}

interface Echoing { on (event: 'message', listener: (data: unknown) => void): unknown, send (data: string): void }

function echo (socket: Echoing, name: string): void {
  socket.on('message', (data) => socket.send(`${name} ${String(data)}`))
}

async function checkWebSocket ({ t, url }: Running, path: string, name: string): Promise<void> {
  const socket = await openWebSocket(url.replace('http', 'ws') + path)
  socket.send('hi')
  t.equal(await socket.next(), `${name} hi`)
  socket.close()
  await socket.closed
}

const ownWebSocket = (app: FastifyInstance): void => { app.get('/own', { websocket: true }, (socket) => echo(socket, 'own')) }

const HOSTS: readonly Host[] = [
  {
    name: '@fastify/express',
    async register (app) {
      await app.register(express)
      app.use(corsMiddleware({ origin: 'http://elsewhere.test' }))
      app.use('/express', urlencoded())
      app.express.post('/express', (request, response) => { response.end(`from express for ${String(Object(request.body).name)}`) })
    },
    async check ({ t, url }) {
      const response = await fetch(`${url}/express`, { method: 'POST', body: new URLSearchParams({ name: 'ada' }) })
      t.equal(await response.text(), 'from express for ada')
      t.equal(response.headers.get('access-control-allow-origin'), 'http://elsewhere.test')
    }
  },
  {
    name: '@fastify/middie',
    async register (app) {
      await app.register(middie)
      app.use((_request, response, next) => {
        response.setHeader('x-middleware', 'yes')
        next()
      })
    },
    routes: (app) => app.get('/own', async () => 'own'),
    async check ({ t, url }) { t.equal((await fetch(`${url}/own`)).headers.get('x-middleware'), 'yes') }
  },
  {
    name: '@fastify/http-proxy at /',
    register: async (app, t) => app.register(httpProxy, { upstream: await upstreamOf(t) }),
    async check ({ t, url }) { t.equal(await (await fetch(`${url}/page`)).text(), 'upstream /page') }
  },
  {
    name: '@fastify/http-proxy at /api',
    register: async (app, t) => app.register(httpProxy, { upstream: await upstreamOf(t), prefix: '/api' }),
    async check ({ t, url }) { t.equal(await (await fetch(`${url}/api/page`)).text(), 'upstream /page') }
  },
  {
    name: '@fastify/static at /',
    register: (app) => app.register(fastifyStatic, { root: fileURLToPath(new URL('.', import.meta.url)) }),
    async check ({ t, url }) { t.match(await (await fetch(`${url}/routing.test.ts`)).text(), /^\/\/ Apps with middleware/) }
  },
  {
    name: '@fastify/websocket around the plugin, or after it',
    register: (app) => app.register(fastifyWebsocket),
    routes: (app) => app.register(async (scope) => ownWebSocket(scope)),
    check: (running) => checkWebSocket(running, '/own', 'own')
  },
  {
    name: '@fastify/websocket in a scope beside the plugin',
    register: (app) => app.register(async (scope) => {
      await scope.register(fastifyWebsocket)
      ownWebSocket(scope)
    }),
    check: (running) => checkWebSocket(running, '/own', 'own')
  },
  ...['/', '/api'].map((prefix): Host => ({
    name: `@fastify/http-proxy at ${prefix} with WebSockets`,
    register: async (app, t) => app.register(httpProxy, { upstream: await upstreamOf(t), prefix, websocket: true }),
    check: (running) => checkWebSocket(running, `${prefix}/websocket`.replace('//', '/'), 'upstream')
  }))
]

testHosts(HOSTS)
