// Private parts that are gone when the plugin is registered: an error that names the library and says what to do, a warning, or everything works.
import { once } from 'node:events'
import { ServerResponse } from 'node:http'
import { createServer, connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import fastifyWebsocket from '@fastify/websocket'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import type { Namespace } from 'socket.io'
import { ClusterAdapter } from 'socket.io-adapter'
import * as parser from 'socket.io-parser'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { fastifyOf } from '../../../src/nestjs/host.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import { countResponseHooks } from '../../../src/private/response-hooks.js'
import { captureLog, newApp, pluginApp } from '../../kit/servers/app.js'
import { connectWebsocket } from '../../kit/revision-1/inject.js'

t.test('without onClose of avvio, drainTimeout is an error at registration, and nothing else needs it', async (t) => {
  /** In a scope, so that Fastify has it still. */
  async function register (options: SocketioTransportsOptions): Promise<number> {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(async (scope) => {
      Object.assign(scope, { onClose: undefined })
      await scope.register(socketioTransports, options)
    })
    return (await app.inject('/socket.io/1/')).statusCode
  }
  await t.rejects(register({ drainTimeout: 1000 }), {
    code: 'FST_SIO_UNSUPPORTED_VERSION', message: /"fastify" lacks onClose of avvio; remove the option "drainTimeout", and call app.socketio.drain\(\)/
  })
  t.equal(await register({}), 200)
})

for (const method of ['assignSocket', 'detachSocket']) {
  t.test(`without ServerResponse.${method}, registration is an error`, async (t) => {
    const { prototype } = ServerResponse
    const kept: unknown = Reflect.get(prototype, method)
    t.teardown(() => Object.assign(prototype, { [method]: kept }))
    Reflect.deleteProperty(prototype, method)
    await t.rejects(async () => { await (Fastify() as FastifyInstance).register(socketioTransports) }, { code: 'FST_SIO_UNSUPPORTED_VERSION', message: /"node" lacks ServerResponse.assignSocket/ })
  })
}

/** A Server whose options are told nobody but itself. */
const discreet = (io: Server): Server => new Proxy(io, {
  get (target, name) {
    if (name === '_opts') return undefined
    const value: unknown = Reflect.get(target, name)
    return typeof value === 'function' ? value.bind(target) as unknown : value
  }
})

t.test('a Server that does not tell its options is a warning, which the option "parser" takes away', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, { io: discreet(new Server()) }, { logger })
  t.match(lines, [{ msg: /the options of the Server cannot be read in this version of socket.io: if the Server has a "parser", set the same as the option "parser"/ }])
  app.io.on('connection', (socket) => socket.on('echo', (x) => socket.emit('echo', x)))
  const client = await connectWebsocket(app)
  client.send('5:::{"name":"echo","args":["x"]}')
  t.equal(await client.next(), '5:::{"name":"echo","args":["x"]}')
  lines.length = 0
  await pluginApp(t, { io: discreet(new Server()), parser }, { logger })
  t.strictSame(lines, [])
})

/** What a client of revision 1 hears of an event with the argument "x", and of one whose last argument looks like an offset. */
async function heardFrom (app: FastifyInstance): Promise<string[]> {
  app.io.on('connection', (socket) => socket.on('go', () => {
    app.io.emit('told', 'x')
    app.io.emit('told', 'x', '')
    app.io.emit('over')
  }))
  const client = await connectWebsocket(app)
  client.send('5:::{"name":"go"}')
  const frames: string[] = []
  for (let frame = String(await client.next()); !frame.includes('over'); frame = String(await client.next())) frames.push(frame)
  return frames
}

const ALL = ['5:::{"name":"told","args":["x"]}', '5:::{"name":"told","args":["x",""]}']

/** An adapter of a cluster of one node. */
class Alone extends ClusterAdapter {
  static of (nsp: Namespace): Alone { return new Alone(nsp) }
  protected override async doPublish (): Promise<string> { return '' }
  protected override async doPublishResponse (): Promise<void> {}
}

/** The Server calls it with `new`. */
function alone (nsp: Namespace): Alone { return Alone.of(nsp) }

t.test('offsets stay away from old clients though the Server does not tell its options', async (t) => {
  t.strictSame(await heardFrom(await pluginApp(t, { io: discreet(new Server({ connectionStateRecovery: {} })) })), ALL)
  t.strictSame(await heardFrom(await pluginApp(t, { io: discreet(new Server()) })), ALL)
})

t.test('and no argument of the app is lost that looks like an offset of a cluster', async (t) => {
  t.strictSame(await heardFrom(await pluginApp(t, { io: discreet(new Server({ adapter: alone })) })), ALL)
})

t.test('a cluster whose adapter adds offsets by another name of its method: they stay away from old clients', async (t) => {
  const { prototype } = ClusterAdapter
  const add: unknown = Reflect.get(prototype, 'addOffsetIfNecessary')
  const broadcast = prototype.broadcast
  t.teardown(() => Object.assign(prototype, { addOffsetIfNecessary: add, broadcast }))
  // The same under another name: the method's text calls it by its old one.
  Object.assign(prototype, {
    broadcast (this: object, ...args: Parameters<typeof broadcast>) {
      const own = Object.assign(Object.create(this), { addOffsetIfNecessary: add }) as typeof prototype
      return broadcast.apply(own, args)
    }
  })
  Reflect.deleteProperty(prototype, 'addOffsetIfNecessary')
  const app = await pluginApp(t, { io: { adapter: alone, connectionStateRecovery: {} } })
  app.io.on('connection', (socket) => socket.on('go', () => { app.io.emit('told', 'x') }))
  const client = await connectWebsocket(app)
  client.send('5:::{"name":"go"}')
  t.equal(await client.next(), ALL[0])
})

t.test('an upgrade listener of @fastify/websocket by another name: it gets our upgrades with all other listeners', async (t) => {
  const app = newApp(t)
  await app.register(fastifyWebsocket)
  await app.register(socketioTransports)
  for (const listener of app.server.listeners('upgrade')) Object.defineProperty(listener, 'name', { value: 'dispatch' })
  let seen = 0
  app.server.on('upgrade', () => { seen++ })
  const client = await connectWebsocket(app)
  client.send('3:1::x')
  t.equal(await client.next(), '6:::1')
  t.equal(seen, 1)
})

t.test('where Fastify does not tell its hooks, the app counts as one that has some', async (t) => {
  const { ResponseHooks } = await t.mockImport<typeof import('../../../src/routes/websocket/response-hooks.js')>('../../../src/routes/websocket/response-hooks.js', {
    '../../../src/private/response-hooks.js': { countResponseHooks: () => undefined }
  })
  const app = newApp(t)
  const hooks = new ResponseHooks(app)
  hooks.watch()
  await app.ready()
  t.ok(hooks.any)
})

t.test('the hooks of Fastify are counted, and nothing else is taken for them', async (t) => {
  const app = newApp(t)
  t.equal(countResponseHooks(app), 0)
  app.addHook('onResponse', async () => {})
  await app.after()
  t.equal(countResponseHooks(app), 1)
  await app.register(async (scope) => {
    scope.addHook('onResponse', async () => {})
    await scope.after()
    t.strictSame([countResponseHooks(scope), countResponseHooks(app)], [2, 1])
  })
  const hooks = Symbol('fastify.hooks')
  for (const other of [{}, { [hooks]: undefined }, { [hooks]: {} }, { [hooks]: { onResponse: 1 } }]) t.equal(countResponseHooks(other), undefined)
})

t.test('where Node does not tell the answer on a connection, it may be idle for a minute', async (t) => {
  const { closeWhenAnswered } = await t.mockImport<typeof import('../../../src/routes/plain-answer.js')>('../../../src/routes/plain-answer.js', {
    '../../../src/private/node-answer.js': { answerOn: () => undefined, newAnswer: () => undefined }
  })
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect(port, '127.0.0.1')
  t.teardown(() => client.destroy())
  const [socket] = await once(server, 'connection') as [Socket]
  closeWhenAnswered(socket)
  t.equal(socket.timeout, 60_000)
  socket.emit('timeout')
  t.ok(socket.destroyed)
  t.doesNotThrow(() => closeWhenAnswered(new PassThrough()), 'and what is no connection of TCP has no time')
})

t.test('a Nest application that does not tell whether it is initialized is taken for one that is not', async (t) => {
  const app = newApp(t)
  const getHttpAdapter = () => ({ getType: () => 'fastify', getInstance: () => app })
  t.equal(fastifyOf({ getHttpAdapter }), app)
  t.equal(fastifyOf(Object.assign({ getHttpAdapter }, { isInitialized: false })), app)
  t.throws(() => fastifyOf(Object.assign({ getHttpAdapter }, { isInitialized: true })), { code: 'FST_SIO_TOO_LATE' })
})
