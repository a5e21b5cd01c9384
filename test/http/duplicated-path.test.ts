// A path that is served already: by another registration, or by a route of the app.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import fastifySocketIO from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { newApp } from '../kit/servers/app.js'

const registerIn = (app: FastifyInstance, options: SocketioTransportsOptions = {}, prefix = '') =>
  app.register(async (scope) => { await scope.register(socketioTransports, options) }, { prefix })

const cases: readonly [name: string, path: string, take: (app: FastifyInstance) => PromiseLike<unknown>, again: (app: FastifyInstance) => PromiseLike<unknown>][] = [
  ['two scopes', '/socket.io', (app) => registerIn(app), (app) => registerIn(app)],
  ['two scopes with client files', '/socket.io', (app) => registerIn(app, { serveClient: 'node_modules/socket.io/client-dist' }), (app) => registerIn(app, { serveClient: 'node_modules/socket.io/client-dist' })],
  ['two scopes of Engine.IO', '/socket.io', (app) => registerIn(app, { dialects: ['engine 4'] }), (app) => registerIn(app, { dialects: ['engine 4'] })],
  ['two scopes whose prefix and path are the same together', '/a/b', (app) => registerIn(app, { path: '/b' }, '/a'), (app) => registerIn(app, { path: '/a/b/' })],
  ['the drop-in and the plugin', '/socket.io', (app) => app.register(async (scope) => { await scope.register(fastifySocketIO, { serveClient: false }) }), (app) => registerIn(app)],
  ['a route of the app', '/chat', async (app) => { app.get('/chat/:protocol/', async () => 'own') }, (app) => registerIn(app, { path: '/chat' })]
]

for (const [name, path, take, again] of cases) {
  t.test(`${name}: registration fails, and names the options`, async (t) => {
    const app = newApp(t)
    await take(app)
    await t.rejects(async () => { await again(app) }, {
      code: 'FST_SIO_DUPLICATED_PATH',
      message: new RegExp(`the path "${path}" is served already, by another registration or by a route of the app \\(.*'${path}.*'.*\\); give this registration another "path" or "prefix"`)
    })
  })
}

t.test('two scopes with a path of their own are fine, and other errors stay as they are', async (t) => {
  const app = newApp(t)
  await registerIn(app)
  await registerIn(app, { path: '/other' })
  await registerIn(app, {}, '/prefixed')
  app.addHook('onRoute', ({ url }) => { if (url.startsWith('/broken')) throw new Error('own') })
  await t.rejects(async () => { await registerIn(app, { path: '/broken' }) }, { message: 'own' })
})
