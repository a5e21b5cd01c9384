// Apps whose plugins read bodies, or write answers.
import caching from '@fastify/caching'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import etag from '@fastify/etag'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import { testHosts } from './host.js'
import type { Host } from './host.js'

const LONG = 'own '.repeat(1000)

const HOSTS: readonly Host[] = [
  {
    name: '@fastify/compress',
    register: (app) => app.register(compress, { threshold: 0 }),
    routes: (app) => app.get('/own', async () => LONG),
    async check ({ t, app }) {
      t.equal((await app.inject({ url: '/own', headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], 'gzip')
    }
  },
  {
    name: '@fastify/etag',
    register: (app) => app.register(etag),
    routes: (app) => app.get('/own', async () => LONG),
    async check ({ t, app }) {
      const { headers: { etag } } = await app.inject('/own')
      t.equal((await app.inject({ url: '/own', headers: { 'if-none-match': String(etag) } })).statusCode, 304)
    }
  },
  {
    name: '@fastify/caching',
    register: (app) => app.register(caching, { privacy: 'public', expiresIn: 300 }),
    routes: (app) => app.get('/own', async () => LONG),
    async check ({ t, app }) {
      t.equal((await app.inject('/own')).headers['cache-control'], 'public, max-age=300')
      t.equal((await app.inject('/socket.io/')).headers['cache-control'], 'no-store', 'no cache keeps an answer of the plugin')
    }
  },
  {
    name: '@fastify/cors',
    register: (app) => app.register(cors, { origin: 'http://elsewhere.test' }),
    routes: (app) => app.get('/own', async () => LONG),
    async check ({ t, app }) {
      t.equal((await app.inject('/own')).headers['access-control-allow-origin'], 'http://elsewhere.test')
    }
  },
  {
    name: '@fastify/multipart',
    register: (app) => app.register(multipart, { attachFieldsToBody: 'keyValues' }),
    routes: (app) => app.post('/own', async ({ body }) => body),
    async check ({ t, url }) {
      const body = new FormData()
      body.append('name', 'ada')
      t.strictSame(await (await fetch(`${url}/own`, { method: 'POST', body })).json(), { name: 'ada' })
    }
  },
  {
    name: '@fastify/formbody',
    register: (app) => app.register(formbody),
    routes: (app) => app.post('/own', async ({ body }) => body),
    async check ({ t, url }) {
      t.strictSame(await (await fetch(`${url}/own`, { method: 'POST', body: new URLSearchParams({ name: 'ada' }) })).json(), { name: 'ada' })
    }
  },
  {
    name: 'parsers and serializers for all bodies',
    register (app) {
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', (_request, _payload, done) => done(null, 'parsed by the app'))
      app.setReplySerializer((payload) => `serialized ${String(payload)}`)
    },
    routes: (app) => app.post('/own', async ({ body }) => ({ body })),
    async check ({ t, app }) {
      t.match((await app.inject({ method: 'POST', url: '/own', payload: 'x' })).body, 'serialized')
    }
  }
]

testHosts(HOSTS)
