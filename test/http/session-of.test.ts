// `app.socketio.sessionOf(socket)`: from a socket of the official Server to its session, with real clients.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as OtherEngine } from 'engine.io'
import type { Server, Socket as ServerSocket } from 'socket.io'
import { io as connect } from 'socket.io-client'
import t from 'tap'
import type { Test } from 'tap'
import type { Socket } from '../../types/index.js'
import { next } from '../kit/official-clients.js'
import { until } from '../kit/waiting.js'
import { newApp, portOf, serverApp } from '../kit/servers/app.js'

const connectTo = (t: Test, port: number, nsp = '/') => {
  const client = connect(`http://127.0.0.1:${port}${nsp}`, { forceNew: true, reconnection: false, transports: ['websocket'] })
  t.teardown(() => client.disconnect())
  return client
}

/** The next socket that a namespace of the Server gets. */
const connected = (io: Server, nsp = '/') => new Promise<ServerSocket>((resolve) => io.of(nsp).once('connection', resolve))

t.test('a socket of any namespace and of every generation has its session, with the context', async (t) => {
  const app = await serverApp(t, { authorize: () => ({ user: 'ada' }) })
  const port = await portOf(app)
  for (const nsp of ['/', '/chat']) {
    const socket = connected(app.io, nsp)
    connectTo(t, port, nsp)
    const session = app.socketio.sessionOf(await socket)
    t.equal(session?.dialect, 'engine 4')
    t.same(session?.context, { user: 'ada' })
    t.equal(session, app.socketio.sessions.get(session?.id ?? ''))
    t.equal(app.socketio.sessionOf((await socket).client), session, 'its client has it, too')
  }
  const socket = connected(app.io)
  const [sid] = (await app.inject('/socket.io/1/')).body.split(':')
  await app.inject(`/socket.io/1/xhr-polling/${sid}`)
  t.match(app.socketio.sessionOf(await socket), { dialect: 'revision 1', context: { user: 'ada' } })
})

t.test('it is there while the socket disconnects, and after', async (t) => {
  const app = await serverApp(t, { authorize: () => ({ user: 'ada' }) })
  const connecting = connected(app.io)
  const client = connectTo(t, await portOf(app))
  await next(client, 'connect')
  const socket = await connecting
  const found: (Socket | undefined)[] = []
  const find = (): void => { found.push(app.socketio.sessionOf(socket)) }
  find()
  socket.on('disconnecting', find)
  socket.on('disconnect', find)
  client.disconnect()
  await until(() => app.socketio.sessions.size === 0)
  find()
  t.equal(found.length, 4)
  for (const session of found) t.same(session?.context, { user: 'ada' })
})

t.test('a socket of another engine on the same Server has none', async (t) => {
  const app = await serverApp(t)
  await app.ready()
  const http = createServer()
  const other = new OtherEngine()
  other.attach(http, { path: '/socket.io/' })
  app.io.bind(other)
  t.teardown(() => new Promise((resolve) => http.close(resolve)))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const socket = connected(app.io)
  const client = connectTo(t, (http.address() as AddressInfo).port)
  t.equal(app.socketio.sessionOf(await socket), undefined)
  client.disconnect()
})

t.test('a Server that serves two registrations finds the sessions of both', async (t) => {
  const app = await serverApp(t, { authorize: () => 'first' })
  const other = newApp(t)
  await other.register((await import('../../src/index.js')).default, { io: app.io, authorize: () => 'second' })
  for (const [place, context] of [[app, 'first'], [other, 'second']] as const) {
    const socket = connected(app.io)
    connectTo(t, await portOf(place))
    t.equal(app.socketio.sessionOf(await socket)?.context, context)
  }
})
