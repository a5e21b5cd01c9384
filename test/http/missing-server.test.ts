// `app.io` where the option `io` was forgotten; and where a Server is bound by hand, which sets it.
import { inspect } from 'node:util'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Server } from 'socket.io'
import t from 'tap'
import fastifySocketIO from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import { join09, join4 } from '../kit/official-clients.js'
import { newApp, pluginApp, portOf } from '../kit/servers/app.js'

const ERROR = { code: 'FST_SIO_NO_SERVER', message: /without the option "io"; write register\(socketioTransports, \{ io: \{\} \}\)/ }

t.test('app.io without the option says what to write, in each scope and in handlers', async (t) => {
  const app = newApp(t)
  await app.register(async (scope) => {
    await scope.register(socketioTransports)
    t.throws(() => scope.io.on('connection', () => {}), ERROR)
    scope.get('/inner', async (request) => request.server.io.emit('x'))
    await scope.register(async (inner) => { t.throws(() => inner.io, ERROR) })
  })
  t.throws(() => app.io.on('connection', () => {}), ERROR)
  t.match((await app.inject('/inner')).json(), { code: ERROR.code })
})

t.test('nothing else notices', async (t) => {
  const app = await pluginApp(t)
  t.equal(app.hasDecorator('io'), false)
  t.equal('io' in app, false)
  t.strictSame(Object.keys(app).filter((name) => name === 'io'), [])
  await t.rejects(async () => { await app.register(fp(async () => {}, { decorators: { fastify: ['io'] } })) }, { code: 'FST_ERR_PLUGIN_NOT_PRESENT_IN_INSTANCE' })
  t.doesNotThrow(() => inspect(app, { depth: 3, showHidden: true }))
  t.doesNotThrow(() => String(app))
  t.doesNotThrow(() => ({ ...app }))
  t.equal(Reflect.get(app, 'nothing'), undefined)
  t.ok(app instanceof Object)
})

/** Ways to set it by hand. */
const BINDINGS: Record<string, (app: FastifyInstance) => PromiseLike<unknown>> = {
  async 'decorated after' (app) {
    await app.register(socketioTransports)
    app.decorate('io', new Server().bind(app.socketio))
  },
  async 'decorated before' (app) {
    const io = new Server()
    app.decorate('io', io)
    await app.register(socketioTransports)
    io.bind(app.socketio)
  },
  async assigned (app) {
    await app.register(socketioTransports)
    app.io = new Server().bind(app.socketio)
  },
  async 'decorated in a plugin around which another is registered without io' (app) {
    await app.register(async (scope) => { await scope.register(socketioTransports, { path: '/other' }) })
    await app.register(socketioTransports, { io: {} })
  }
}

for (const [name, bind] of Object.entries(BINDINGS)) {
  t.test(`app.io is the Server that is ${name}`, async (t) => {
    const app = newApp(t)
    await bind(app)
    t.ok(app.io instanceof Server)
    t.equal(app.hasDecorator('io'), true)
    await app.register(async (scope) => { t.equal(scope.io, app.io) })
    const url = `http://127.0.0.1:${await portOf(app)}`
    await t.resolves(Promise.all([join4(t, url), join09(t, url)]))
    t.equal(app.io.engine.clientsCount, 2)
  })
}

t.test('fastify-socket.io beside the plugin has its own app.io', async (t) => {
  const app = newApp(t)
  await app.register(async (scope) => { await scope.register(socketioTransports, { path: '/packets' }) })
  await app.register(fastifySocketIO, { serveClient: false })
  t.ok(app.io instanceof Server)
})
