// Where the plugin may be registered, and that registrations do not see each other's sessions.
import dns from 'node:dns'
import type { LookupOptions } from 'node:dns'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { mock } from 'node:test'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import { echo, ECHOES, echoesOf } from '../../kit/engine-io/inject.js'
import { newApp, portOf } from '../../kit/servers/app.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'
import { connectPolling, connectWebsocket, handshake, poll, post } from '../../kit/revision-1/inject.js'
import { openWebSocket } from '../../kit/websocket.js'

/** Two registrations side by side, each in a scope of its own. */
async function twoScopes (app: FastifyInstance, one: SocketioTransportsOptions, other: SocketioTransportsOptions): Promise<[FastifyInstance, FastifyInstance]> {
  const scopes: FastifyInstance[] = []
  for (const options of [one, other]) {
    await app.register(async (scope) => {
      scopes.push(scope)
      await scope.register(socketioTransports, options)
    })
  }
  const [a, b] = scopes
  if (a === undefined || b === undefined) throw new Error('no scopes')
  return [a, b]
}

/** Says hello both ways over both kinds of transports. */
async function works (t: Test, app: FastifyInstance, scope: FastifyInstance, base: string): Promise<void> {
  scope.socketio.on('connection', (socket) => {
    socket.on('packet', (packet) => { if (packet.type === 'message') socket.send({ ...packet, data: `${base} ${packet.data}` }) })
  })
  const sid = await connectPolling(app, base)
  t.ok(scope.socketio.sessions.has(sid), `the session of ${base} is where it belongs`)
  t.equal((await post(app, sid, '3:::hi', base)).body, '1')
  t.equal((await poll(app, sid, base)).body, `3:::${base} hi`)
  const client = await connectWebsocket(app, base)
  client.send('3:::ho')
  t.equal(await client.next(), `3:::${base} ho`)
}

t.test('the prefix option goes before the path', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, { prefix: '/v1', path: '/io' })
  await works(t, app, app, '/v1/io')
  t.equal((await app.inject('/io/1/')).statusCode, 404)
  t.equal((await app.inject('/socket.io/1/')).statusCode, 404)
})

t.test('registered in a prefixed scope, the routes are below its prefix, and the decorator is in that scope only', async (t) => {
  const app = newApp(t)
  let scope = app
  await app.register(async (child) => {
    scope = child
    await child.register(socketioTransports)
  }, { prefix: '/tenant/:name' })
  await works(t, app, scope, '/tenant/one/socket.io')
  t.notOk(app.hasDecorator('socketio'))
  t.equal((await app.inject('/socket.io/1/')).statusCode, 404)
})

t.test('two registrations side by side work, and see no sessions of each other', async (t) => {
  const app = newApp(t)
  const [one, other] = await twoScopes(app, { path: '/one' }, { path: '/other' })
  await works(t, app, one, '/one')
  await works(t, app, other, '/other')
  t.not(one.socketio, other.socketio)

  const sid = await connectPolling(app, '/one')
  t.notOk(other.socketio.sessions.has(sid))
  t.equal((await poll(app, sid, '/other')).body, '7:::1+0')
  const stray = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/other/1/websocket/${sid}`)
  t.equal(await stray.next(), '7:::1+0')
  await stray.closed
  t.equal((await app.inject(`/other/1/xhr-polling/${sid}?disconnect=1`)).statusCode, 200)
  t.ok(one.socketio.sessions.has(sid), 'no registration ends a session of the other')
})

t.test('each registration refuses by its own policy', async (t) => {
  const app = newApp(t)
  await twoScopes(app, { path: '/open', cors: { origin: true } }, { path: '/shut', authorize: () => false })
  const headers = { origin: 'http://elsewhere.test' }
  t.equal((await app.inject({ url: '/open/1/', headers })).statusCode, 200)
  t.equal((await app.inject({ url: '/shut/1/', headers })).body, 'handshake bad origin')
  t.equal((await app.inject('/shut/1/')).body, 'handshake unauthorized')
})

t.test('a second registration in the same scope is refused', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports)
  await t.rejects(async () => { await app.register(socketioTransports, { path: '/other' }) }, { code: 'FST_SIO_ALREADY_REGISTERED' })
})

t.test('the scope of a registration may hold scopes with registrations of their own', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, { path: '/outer' })
  let inner = app
  await app.register(async (child) => {
    inner = child
    await child.register(socketioTransports, { path: '/inner' })
  })
  t.not(app.socketio, inner.socketio)
  await works(t, app, app, '/outer')
  await works(t, app, inner, '/inner')
  const sid = await handshake(app, '/outer')
  t.equal((await poll(app, sid, '/inner')).body, '7:::1+0')
})

t.test('a route of the scope above finds no Socket of a scope below', async (t) => {
  const app = newApp(t)
  await app.register(async (child) => { await child.register(socketioTransports) })
  app.get('/plain/:sid', async (request) => ({ socketio: request.socketio ?? null }))
  const sid = await handshake(app)
  t.same((await app.inject(`/plain/${sid}`)).json(), { socketio: null })
})

t.test('each listener of localhost answers handshakes, polls and WebSockets of every dialect', async (t) => {
  // What a machine calls localhost differs; here it is every loopback address there is, as Fastify is told.
  const loopback = Object.values(networkInterfaces()).flat().filter((one) => one?.internal === true)
    .map((one) => ({ address: one?.address ?? '', family: one?.family === 'IPv6' ? 6 : 4 }))
  const { lookup } = dns
  const mocked = mock.method(dns, 'lookup', (host: string, options: LookupOptions, done: (...args: unknown[]) => void) => {
    if (host === 'localhost' && options.all === true) done(null, loopback)
    else lookup(host, options, done)
  })
  t.teardown(() => mocked.mock.restore())

  const app = newApp(t)
  await app.register(socketioTransports)
  echo(app.socketio)
  await app.listen({ port: 0, host: 'localhost' })
  t.equal(app.addresses().length, loopback.length)
  for (const { address, port, family } of app.addresses() as AddressInfo[]) {
    const host = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
    const line = await (await fetch(`http://${host}/socket.io/1/`)).text()
    const sid = line.slice(0, line.indexOf(':'))
    t.equal(await (await fetch(`http://${host}/socket.io/1/xhr-polling/${sid}`)).text(), '1::')
    const client = await openWebSocket(`ws://${host}/socket.io/1/websocket/${sid}`)
    app.socketio.sessions.get(sid)?.send({ type: 'message', data: address })
    t.equal(await client.next(), `3:::${address}`)
    client.socket.close()
    await client.closed
    for (const dialect of DIALECTS) t.strictSame(await echoesOf(`http://${host}/socket.io/`, dialect), ECHOES)
  }
})
