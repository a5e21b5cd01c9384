// The Server that the option `io` asks for: what of its options does nothing here, and where its parser comes from.
import { createServer } from 'node:http'
import { Server as EngineServer } from 'engine.io'
import { Server } from 'socket.io'
import type { Socket } from 'socket.io'
import t from 'tap'
import * as official from 'socket.io-parser'
import fastifySocketIO from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import { captureLog, newApp, pluginApp, portOf } from '../kit/servers/app.js'
import { connectPolling, connectWebsocket, poll, post } from '../kit/revision-1/inject.js'

/** A parser that nobody else can read: the official one's text, backwards. */
const parser = {
  Encoder: class extends official.Encoder {
    override encode (packet: official.Packet): unknown[] {
      return super.encode(packet).map((piece) => [...String(piece)].reverse().join(''))
    }
  },
  Decoder: class extends official.Decoder {
    override add (text: unknown): void { super.add([...String(text)].reverse().join('')) }
  }
}

t.test('options of the Server without effect are logged, each with the option that has one', async (t) => {
  const { lines, logger } = captureLog('warn')
  await pluginApp(t, {
    io: {
      path: '/x',
      cors: {},
      allowRequest: () => {},
      maxHttpBufferSize: 1,
      serveClient: false,
      transports: ['polling'],
      pingInterval: 1,
      pingTimeout: 1,
      upgradeTimeout: 1,
      allowUpgrades: false,
      cookie: true,
      perMessageDeflate: true,
      allowEIO3: true,
      connectTimeout: 1000
    }
  }, { logger })
  const said = lines.map(({ msg }) => /^io\.(\w+) has no effect: set the option "(\w+)"/.exec(String(msg))?.slice(1, 3).join(': '))
  t.strictSame(said.sort(), [
    'allowEIO3: dialects', 'allowRequest: authorize', 'allowUpgrades: allowUpgrades', 'cookie: cookie', 'cors: cors',
    'maxHttpBufferSize: maxPayload', 'path: path', 'perMessageDeflate: perMessageDeflate', 'pingInterval: pingInterval',
    'pingTimeout: pingTimeout', 'serveClient: serveClient', 'transports: transports', 'upgradeTimeout: upgradeTimeout'
  ])
})

t.test('options for what nothing here does are logged, each with what there is instead', async (t) => {
  const { lines, logger } = captureLog('warn')
  await pluginApp(t, { io: { httpCompression: true, wsEngine: {}, initialPacket: 'x', destroyUpgrade: true, destroyUpgradeTimeout: 1, addTrailingSlash: false } }, { logger })
  const said = lines.map(({ msg }) => /^io\.(\w+) has no effect: \w+/.exec(String(msg))?.[1])
  t.strictSame(said, ['httpCompression', 'wsEngine', 'initialPacket', 'destroyUpgrade', 'destroyUpgradeTimeout', 'addTrailingSlash'])
  t.match(lines[0]?.msg, /@fastify\/compress/)
})

t.test('options without effect are logged for a Server of the application, too', async (t) => {
  const { lines, logger } = captureLog('warn')
  await pluginApp(t, { io: new Server({ path: '/x', cors: { origin: '*' }, httpCompression: true, connectTimeout: 1000 }) }, { logger })
  t.strictSame(lines.map(({ msg }) => msg), [
    'io.path has no effect: set the option "path" of fastify-socketio-transports',
    'io.cors has no effect: set the option "cors" of fastify-socketio-transports',
    'io.httpCompression has no effect: register @fastify/compress to compress answers to polls'
  ])
})

t.test('a Server that is attached to an HTTP server, or bound to another engine, fails registration, which says what to write', async (t) => {
  const app = newApp(t)
  const attached: (() => Server)[] = [
    () => new Server(app.server),
    () => new Server().attach(createServer()),
    () => new Server().bind(new EngineServer())
  ]
  for (const attach of attached) {
    await t.rejects(pluginApp(t, { io: attach() }), {
      code: 'FST_SIO_BAD_OPTION',
      message: 'option "io" is a Server that is attached to an HTTP server or another engine; allowed: a Server that is attached to nothing, because its requests would not reach the plugin: new Server(options) without an HTTP server, or io: { … } with the options'
    })
  }
})

t.test('a Server that is bound cannot be attached, so its clients come by routes', async (t) => {
  for (const io of [{}, new Server()]) {
    const app = await pluginApp(t, { io, authorize: () => false })
    for (const attach of [() => app.io.attach(app.server), () => app.io.listen(app.server), () => app.io.listen(0), () => app.io.attach(createServer())]) {
      t.throws(attach, { code: 'FST_SIO_SERVER_IN_USE', message: /remove the call of io.attach\(\) or io.listen\(\), and call app.listen\(\)/ })
    }
    const client = connectOfficial(4, `http://127.0.0.1:${await portOf(app)}`, ['polling'])
    t.teardown(() => client.disconnect())
    await hear(client, 'connect_error')()
    t.strictSame(app.socketio.metrics.refused, { unauthorized: 1 })
  }
})

t.test('the Server of the drop-in may listen on another port, but not take the requests of the app', async (t) => {
  const app = newApp(t)
  await app.register(fastifySocketIO, { serveClient: false })
  for (const attach of [() => app.io.attach(app.server), () => app.io.listen(app.server)]) t.throws(attach, { code: 'FST_SIO_SERVER_IN_USE' })
})

t.test('one Server has the clients of two registrations', async (t) => {
  const app = newApp(t)
  const io = new Server()
  for (const path of ['/one', '/two']) await app.register(async (scope) => { await scope.register(socketioTransports, { io, path }) })
  const url = `http://127.0.0.1:${await portOf(app)}`
  for (const path of ['/one', '/two']) {
    for (const generation of GENERATIONS) {
      const joined = new Promise<Socket>((resolve) => { io.once('connection', resolve) })
      const client = connectOfficial(generation, url, ['websocket'], generation === 0.9 ? { resource: path.slice(1) } : { path })
      t.teardown(() => client.disconnect())
      const told = hear(client, 'told')
      await joined
      io.emit('told', path)
      t.strictSame(await told(), [path], `${generation} on ${path}`)
    }
  }
})

t.test('a Server of the application is used as it is, without a word', async (t) => {
  const { lines, logger } = captureLog('warn')
  const io = new Server({ connectTimeout: 1000 })
  const app = await pluginApp(t, { io }, { logger })
  t.equal(app.io, io)
  t.strictSame(lines, [])
})

t.test('a custom parser is found in the options of the Server, made here or given', async (t) => {
  for (const io of [{ parser }, new Server({ parser })]) {
    const app = await pluginApp(t, { io })
    app.io.on('connection', (socket) => socket.on('echo', (x) => socket.emit('echo', x)))
    const sid = await connectPolling(app)
    await post(app, sid, '5:::{"name":"echo","args":["x"]}')
    t.equal((await poll(app, sid)).body, '5:::{"name":"echo","args":["x"]}')
  }
})

t.test('with connection state recovery, the offsets of the Server stay away from old clients', async (t) => {
  const app = await pluginApp(t, { io: { connectionStateRecovery: {} } })
  app.io.on('connection', (socket) => {
    socket.on('go', () => {
      socket.send('text')
      socket.send({ a: 1 })
      socket.emit('event', 1, 2)
      socket.emit('none')
      socket.emit('ask', 3, () => {})
      app.io.emit('all', 4)
    })
  })
  const client = await connectWebsocket(app)
  client.send('5:::{"name":"go"}')
  const frames = ['3:::text', '4:::{"a":1}', '5:::{"name":"event","args":[1,2]}', '5:::{"name":"none"}',
    '5:1+::{"name":"ask","args":[3]}', '5:::{"name":"all","args":[4]}']
  for (const frame of frames) t.equal(await client.next(), frame)
})
