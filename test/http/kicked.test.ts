// Clients of revision 1 that the server disconnects: they are told by the poll that is open or by the next one, behind what was said before, and stay
// away. The old server forgot a client without a poll, and told the next one to handshake anew: it came back for ever.
import t from 'tap'
import type { Test } from 'tap'
import { callback, fromPayload, toPayload } from '../kit/revision-1/payload.js'
import { serve } from '../kit/revision-1/server.js'
import { inject, serverApp, socketOf } from '../kit/servers/app.js'
import { clock } from '../kit/clock.js'
import { until } from '../kit/waiting.js'
import { handshake, poll, post } from '../kit/revision-1/inject.js'
import { connect09 } from '../kit/official-clients.js'

const LATE = 1000
const REFERER = { referer: 'http://localhost/' }

type App = Awaited<ReturnType<typeof serverApp>>

/** A way to poll, and what comes. */
type Hear = (app: App, sid: string) => Promise<string[]>

const byXhr: Hear = async (app, sid) => fromPayload((await poll(app, sid)).body)

const POLLS: Record<string, Hear> = {
  'xhr-polling': byXhr,
  'jsonp-polling': async (app, sid) => fromPayload(callback((await inject(app, `/socket.io/1/jsonp-polling/${sid}?i=0`, REFERER)).body).payload)
}

async function connected (t: Test, hear: Hear, options = {}) {
  const app = await serverApp(t, { transports: ['xhr-polling', 'jsonp-polling', 'htmlfile', 'websocket'], ...options })
  const sid = await handshake(app)
  const first = await hear(app, sid)
  if (first[0] !== '1::') throw new Error(String(first))
  const heard: unknown[] = []
  const socket = socketOf(app.io, sid)
  socket.onAny((name: string) => heard.push(name))
  socket.on('disconnect', (reason) => heard.push(reason))
  return { app, sid, socket, heard, hear: () => hear(app, sid) }
}

for (const [name, hearBy] of Object.entries(POLLS)) {
  t.test(`${name}: without a poll, the next one has every word and the goodbye, once`, async (t) => {
    const { app, sid, socket, heard, hear } = await connected(t, hearBy)
    for (const word of ['one', 'two']) socket.send(word)
    socket.disconnect(true)
    t.strictSame(heard, ['server namespace disconnect'])
    t.ok(app.socketio.sessions.has(sid), 'it counts as a session until it has been told')
    t.strictSame(await hear(), ['3:::one', '3:::two', '0::'])
    await until(() => !app.socketio.sessions.has(sid))
    t.strictSame(await hear(), ['7:::1+0'])
    t.strictSame(app.socketio.metrics.ended, { 'closed by server': 1 })
  })

  t.test(`${name}: at an open poll, the first word goes at once, the rest and the goodbye with the next`, async (t) => {
    const { socket, hear } = await connected(t, hearBy)
    const open = hear()
    await until(() => socket.conn.transport.writable)
    for (const word of ['one', 'two']) socket.send(word)
    socket.disconnect(true)
    t.strictSame(await open, ['3:::one'])
    t.strictSame(await hear(), ['3:::two', '0::'])
    t.strictSame(await hear(), ['7:::1+0'])
  })

  t.test(`${name}: at an open poll with nothing to say, the goodbye goes at once`, async (t) => {
    const { app, sid, socket, hear } = await connected(t, hearBy)
    const open = hear()
    await until(() => socket.conn.transport.writable)
    socket.disconnect(true)
    t.strictSame(await open, ['0::'])
    await until(() => !app.socketio.sessions.has(sid))
  })
}

t.test('a client that does not come is forgotten after closeTimeout', async (t) => {
  const tick = clock(t)
  const { app, sid, socket } = await connected(t, byXhr, { closeTimeout: 5000 })
  socket.disconnect(true)
  tick(4000)
  t.ok(app.socketio.sessions.has(sid))
  tick(1000 + LATE)
  t.notOk(app.socketio.sessions.has(sid))
  t.strictSame(app.socketio.metrics, { ...app.socketio.metrics, queuedBytes: 0, ended: { 'closed by server': 1 } })
})

t.test('what a disconnected client says is not heard, nor does it keep the session', async (t) => {
  const tick = clock(t)
  const { app, sid, socket, heard } = await connected(t, byXhr, { closeTimeout: 5000 })
  socket.disconnect(true)
  t.equal((await post(app, sid, toPayload(['3:::late', '5:::{"name":"late"}', '2::', '1::']))).body, '1')
  t.equal((await post(app, sid, '0::')).body, '1')
  t.strictSame(heard, ['server namespace disconnect'])
  tick(4000)
  await post(app, sid, '2::')
  tick(1000 + LATE)
  t.notOk(app.socketio.sessions.has(sid))
})

t.test('a client that is disconnected as it connects reads that it was connected, and the goodbye', async (t) => {
  const app = await serverApp(t, { transports: ['xhr-polling'] })
  app.io.on('connection', (socket) => {
    socket.emit('kicked', 'why')
    socket.disconnect(true)
  })
  const sid = await handshake(app)
  const heard: string[] = []
  while (!heard.includes('0::')) heard.push(...fromPayload((await poll(app, sid)).body))
  t.strictSame(heard, ['1::', '5:::{"name":"kicked","args":["why"]}', '0::'])
})

t.test('a stream that opens instead of the next poll is told, too', async (t) => {
  const server = await serve(t, { io: {} })
  const { client, socket } = await server.connect('xhr-polling')
  socketOf(server.app.io, socket.id).send('word').disconnect(true)
  const stream = await server.client('xhr-multipart', client.sid)
  t.strictSame(await stream.take(2), ['3:::word', '0::'])
  await until(() => server.app.socketio.sessions.size === 0)
})

for (const transport of ['xhr-polling', 'websocket']) {
  t.test(`client 0.9, ${transport}: the client gets the reason and the disconnect, and stays away`, async (t) => {
    const server = await serve(t, { transports: ['websocket', 'xhr-polling'], io: {} })
    let connections = 0
    server.app.io.on('connection', (socket) => {
      connections++
      socket.emit('kicked', 'why')
      socket.disconnect(true)
    })
    const client = connect09(`http://127.0.0.1:${server.port}`, transport, { reconnect: true, 'reconnection delay': 10 })
    const heard: unknown[] = []
    client.on('kicked', (why) => heard.push(why))
    const reason = await new Promise((resolve) => { client.on('disconnect', resolve) })
    t.strictSame([heard, reason, connections], [['why'], 'booted', 1])
    t.notOk(client.socket.reconnecting, 'it does not try to come back')
  })
}
