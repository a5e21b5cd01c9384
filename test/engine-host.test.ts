// Engine.IO inside an application: its hooks, time limits, prefixes, ways with slashes, listeners, and its end.
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import socketioTransports from '../src/index.js'
import { newApp, pluginApp, portOf } from './fastify/support.js'
import { connectEngine, DIALECTS, urlOf } from './helpers/engine-io.js'
import { until } from './helpers/server.js'
import { ENGINE_4, Endpoint, readOpen } from './protocol/dialects.js'
import { opened } from './protocol/support.js'

t.test('a handlerTimeout of the server answers its own routes, and no parked poll', async (t) => {
  const app = newApp(t, { handlerTimeout: 50 })
  await app.register(socketioTransports)
  app.get('/slow', () => new Promise(() => {}))
  await portOf(app) // a listener keeps the process alive; the timers do not
  for (const dialect of DIALECTS) {
    const { socket, poll } = await connectEngine(app, dialect)
    const parked = poll()
    t.equal((await app.inject('/slow')).statusCode, 503)
    await sleep(60)
    socket.write('x')
    t.strictSame(await parked, ['4x'])
  }
})

t.test('a hook of the app sees the transport, the dialect and the session of each request', async (t) => {
  const app = newApp(t)
  const seen: unknown[] = []
  app.addHook('onRequest', async ({ method, routeOptions, socketio }) => {
    seen.push([method, routeOptions.config.socketio?.transport, routeOptions.config.socketio?.dialect, socketio?.id])
  })
  await app.register(socketioTransports)
  for (const dialect of DIALECTS) {
    const name = `engine ${dialect.eio}`
    const { sid, socket, send, poll } = await connectEngine(app, dialect)
    socket.write('x')
    await poll()
    await send('4')
    t.strictSame(seen.splice(0), [['GET', 'polling', name, undefined], ['GET', 'polling', name, sid], ['POST', 'polling', name, sid]])
    const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}${urlOf(dialect.eio, 'websocket')}`)
    wire.close()
    t.strictSame(seen.splice(0), [['GET', 'websocket', name, undefined]])
  }
})

for (const ignoreTrailingSlash of [false, true]) {
  for (const ignoreDuplicateSlashes of [false, true]) {
    t.test(`with ignoreTrailingSlash ${ignoreTrailingSlash} and ignoreDuplicateSlashes ${ignoreDuplicateSlashes} the path needs no slash at its end`, async (t) => {
      const app = await pluginApp(t, {}, { routerOptions: { ignoreTrailingSlash, ignoreDuplicateSlashes } })
      const paths = ignoreDuplicateSlashes ? ['/socket.io', '/socket.io/', '//socket.io//'] : ['/socket.io', '/socket.io/']
      for (const path of paths) {
        for (const eio of [3, 4]) t.equal((await app.inject(`${path}?EIO=${eio}&transport=polling`)).statusCode, 200, path)
        const { wire, first } = await opened(`http://127.0.0.1:${await portOf(app)}${path}?EIO=4&transport=websocket`)
        t.match(first, /^0\{/, path)
        wire.close()
      }
    })
  }
}

t.test('below a prefix and another path it works, and nowhere else', async (t) => {
  const app = await pluginApp(t, { prefix: '/v1', path: '/live' })
  t.equal((await app.inject('/v1/live/?EIO=4&transport=polling')).statusCode, 200)
  for (const path of ['/live/', '/socket.io/', '/v1/socket.io/']) t.equal((await app.inject(`${path}?EIO=4&transport=polling`)).statusCode, 404, path)
  const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}/v1/live/?EIO=4&transport=websocket`)
  wire.close()
})

t.test('each listener of localhost takes polls and WebSockets', async (t) => {
  const app = await pluginApp(t)
  await app.listen({ port: 0, host: 'localhost' })
  for (const { address, port, family } of app.addresses() as AddressInfo[]) {
    const host = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
    t.equal((await fetch(`http://${host}${urlOf(4, 'polling')}`)).status, 200, host)
    const { wire } = await opened(`http://${host}${urlOf(4, 'websocket')}`)
    wire.close()
  }
})

for (const forceCloseConnections of [true, false]) {
  t.test(`app.close() is fast with every client open, forceCloseConnections ${forceCloseConnections}, and each is let go`, async (t) => {
    const app = await pluginApp(t, {}, { forceCloseConnections })
    const base = `http://127.0.0.1:${await portOf(app)}/socket.io/`
    const closes: string[] = []
    app.socketio.on('connection', (socket) => socket.on('close', (reason) => closes.push(reason)))
    const open = []
    for (const dialect of DIALECTS) {
      const endpoint = new Endpoint(base, dialect)
      const session = await endpoint.poll()
      const parked = await session.park()
      await until(() => app.socketio.sessions.get(session.sid)?.transport.writable === true)
      const { wire, first } = await opened(endpoint.url('websocket'))
      t.ok(readOpen(first).sid)
      open.push({ dialect, parked, wire })
    }
    const start = performance.now()
    await app.close()
    t.ok(performance.now() - start < 900, 'it took less than a second')
    for (const { dialect, parked, wire } of open) {
      t.strictSame(await parked.answer, { status: 200, body: dialect.body('1') })
      t.equal(await wire.closed, 1005, 'a close frame')
    }
    t.strictSame(closes, Array(4).fill('forced close'))
    t.equal(app.socketio.sessions.size, 0)
  })
}

t.test('a handshake that comes while the server closes is refused with 503', async (t) => {
  const app = await pluginApp(t)
  await app.ready()
  app.socketio.close()
  const { statusCode, headers } = await app.inject(urlOf(ENGINE_4.eio, 'polling'))
  t.strictSame([statusCode, headers['retry-after'], headers.connection], [503, '30', 'close'])
})
