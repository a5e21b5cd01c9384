// Apps on servers of other kinds: https, HTTP/2, one that the app makes, Vite's.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { connect } from 'node:http2'
import { buffer } from 'node:stream/consumers'
import process from 'node:process'
import middie from '@fastify/middie'
import type { FastifyInstance } from 'fastify'
import { createServer as createVite } from 'vite'
import { WebSocket } from 'ws'
import { CERTIFICATE, KEY } from '../../kit/machine/certificate.js'
import { ONCE, testHosts } from './host.js'
import type { Host } from './host.js'

// The old clients cannot be told which certificate to trust.
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'

const tls = { key: KEY, cert: CERTIFICATE }
const ownRoute = (app: FastifyInstance): void => { app.get('/own', async ({ raw, protocol }) => `${protocol} ${raw.httpVersion}`) }
const secure = () => ({ rejectUnauthorized: false })

const HOSTS: readonly Host[] = [
  {
    name: 'https',
    orders: ONCE,
    server: { https: tls },
    client: secure,
    routes: ownRoute,
    check: async ({ t, url }) => t.equal(await (await fetch(`${url}/own`)).text(), 'https 1.1')
  },
  {
    name: 'http2 with allowHTTP1',
    orders: ONCE,
    server: { http2: true, https: { ...tls, allowHTTP1: true } },
    client: secure,
    routes: ownRoute,
    async check ({ t, url }) {
      const session = connect(url)
      t.equal(String(await buffer(session.request({ ':path': '/own' }))), 'https 2.0')
      session.close()
      t.equal(await (await fetch(`${url}/own`)).text(), 'https 1.1')
    }
  },
  {
    name: 'serverFactory',
    orders: ONCE,
    server: {
      serverFactory: (handler: RequestListener) => createServer((request, response) => {
        response.setHeader('x-server', 'own')
        handler(request, response)
      })
    },
    routes: ownRoute,
    check: async ({ t, url }) => t.equal((await fetch(`${url}/own`)).headers.get('x-server'), 'own')
  },
  {
    name: 'Vite as middleware, with its WebSocket on the same server',
    async register (app) {
      await app.register(middie)
      const vite = await createVite({
        configFile: false,
        logLevel: 'silent',
        appType: 'custom',
        optimizeDeps: { noDiscovery: true },
        server: { middlewareMode: true, hmr: { server: app.server } }
      })
      app.use(vite.middlewares)
      app.addHook('onClose', () => vite.close())
    },
    routes: ownRoute,
    async check ({ t, url }) {
      const client = await (await fetch(`${url}/@vite/client`)).text()
      const [, token] = /wsToken = "([^"]+)"/.exec(client) ?? []
      const socket = new WebSocket(`${url.replace('http', 'ws')}/?token=${token}`, 'vite-hmr')
      t.match(String(await once(socket, 'message')), '"connected"')
      socket.close()
      await once(socket, 'close')
    }
  }
]

testHosts(HOSTS)
