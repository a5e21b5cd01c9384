// The official Server on top of revision 1: how connections end, and what each side is told of it.
import { Server } from 'socket.io'
import type { Socket } from 'socket.io'
import t from 'tap'
import { reasonsOf, serverApp, socketOf } from '../kit/servers/app.js'
import { connectPolling, connectWebsocket, poll } from '../kit/revision-1/inject.js'

t.test('disconnect on a namespace leaves the connection, disconnect(true) ends it with the goodbye', async (t) => {
  const app = await serverApp(t)
  app.io.of('/chat').on('connection', () => {})
  const { reasons } = reasonsOf(app.io)
  const client = await connectWebsocket(app)
  client.send('1::/chat')
  t.equal(await client.next(), '1::/chat')
  socketOf(app.io, client.sid, '/chat').disconnect()
  t.equal(await client.next(), '0::/chat')
  client.send('1::/chat')
  t.equal(await client.next(), '1::/chat')
  const socket = socketOf(app.io, client.sid)
  socket.disconnect(true)
  socket.send('nothing follows')
  await client.closed
  t.same(reasons, ['server namespace disconnect'])
  t.equal(app.socketio.sessions.size, 0)
})

t.test('socket.disconnect() on the default namespace says 0:: and ends the connection', async (t) => {
  const app = await serverApp(t)
  const client = await connectWebsocket(app)
  socketOf(app.io, client.sid).disconnect()
  t.equal(await client.next(), '0::')
  await client.closed
  const sid = await connectPolling(app)
  const parked = poll(app, sid)
  await new Promise(setImmediate)
  socketOf(app.io, sid).disconnect(true)
  t.equal((await parked).body, '0::')
  t.equal((await poll(app, sid)).body, '7:::1+0')
})

t.test('a client that says goodbye is told apart from one that is gone or silent', async (t) => {
  const app = await serverApp(t, { heartbeatInterval: 100, heartbeatTimeout: 100, closeTimeout: 200 })
  const { reasons } = reasonsOf(app.io)
  const left = new Promise<void>((resolve) => app.io.on('connection', (socket) => socket.on('disconnect', () => resolve())))
  const polite = await connectWebsocket(app)
  polite.send('0::')
  t.equal(await polite.next(), '0::')
  await polite.closed
  await left
  t.same(reasons.splice(0), ['client namespace disconnect'])

  const next = (): Promise<unknown> => new Promise((resolve) => app.io.once('connection', (socket: Socket) => socket.on('disconnect', resolve)))
  let reason = next()
  const gone = await connectWebsocket(app)
  gone.socket.terminate()
  t.equal(await reason, 'transport close')

  reason = next()
  const silent = await connectWebsocket(app)
  t.equal(await silent.next(), '2::')
  t.equal(await reason, 'ping timeout')
  await silent.closed

  reason = next()
  await connectPolling(app)
  t.equal(await reason, 'ping timeout', 'no poll within the close timeout')
})

t.test('closing the app ends an own Server; clients are not told 0::, so that they come back', async (t) => {
  const app = await serverApp(t)
  const { reasons } = reasonsOf(app.io)
  const client = await connectWebsocket(app)
  const frames: string[] = []
  client.socket.on('message', (data) => frames.push(String(data)))
  const sid = await connectPolling(app)
  const parked = poll(app, sid)
  await new Promise(setImmediate)
  await app.close()
  await client.closed
  const answer = await parked
  t.equal(answer.body, '8::')
  t.equal(answer.headers['connection'], 'close')
  t.same(frames, [])
  t.same(reasons, ['server shutting down', 'server shutting down'])
})

t.test('closing the app leaves a Server that is the application\'s running', async (t) => {
  const io = new Server()
  const app = await serverApp(t, { io })
  const { reasons, disconnected } = reasonsOf(io)
  const client = await connectWebsocket(app)
  await app.close()
  await client.closed
  await disconnected
  t.same(reasons, ['forced close'])
})
