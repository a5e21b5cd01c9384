// connectionStateRecovery of the official Server, with the official client; a 0.9 client, which cannot recover, is beside it.
import { once } from 'node:events'
import type { Socket } from 'socket.io'
import t from 'tap'
import type { Test } from 'tap'
import { portOf, pluginApp } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import { ask, hear, join09, join4 } from '../kit/official-clients.js'
import { delayed } from '../kit/network/delay-line.js'

const io = { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } }

/** A Server that recovers; a client on a line that can be cut, in a room and with data, that has had its first event. */
async function setUp (t: Test, transport: string) {
  const app = await pluginApp(t, { io })
  app.io.on('connection', (socket) => socket.on('where', (ack) => ack(socket.conn.transport.name)))
  const port = await portOf(app)
  const line = await delayed(t, port, 0)
  const opened = once(app.io, 'connection') as Promise<[Socket]>
  const client = await join4(t, line.url, { transports: [transport] })
  const [socket] = await opened
  await socket.join('attic')
  socket.data = { name: 'ada' }
  const old = await join09(t, `http://127.0.0.1:${port}`)
  app.io.sockets.sockets.get(old.socket.sessionid)?.join('attic')
  const heard = hear(client, 'news')
  const heardByOld = hear(old, 'news')
  return { app, port, line, client, socket, heard, heardByOld }
}

/** Breaks the connection; both sides know. */
async function lose ({ line, client, socket }: Awaited<ReturnType<typeof setUp>>): Promise<string> {
  await until(() => socket.conn.transport.writable)
  const lost = hear(client, 'disconnect')
  const gone = once(socket, 'disconnect') as Promise<[string]>
  line.cut()
  await lost()
  return (await gone)[0]
}

for (const transport of ['websocket', 'polling']) {
  t.test(`over ${transport}, a client that loses its connection comes back as it was and hears what it missed, in order`, async (t) => {
    const stage = await setUp(t, transport)
    const { app, port, line, client, socket, heard, heardByOld } = stage
    const { id } = client
    app.io.emit('news', 'first')
    t.match(await heard(), ['first', /./], 'an offset is its last argument')
    const reason = await lose(stage)
    t.ok(['transport close', 'transport error'].includes(reason), reason)

    app.io.emit('news', 'to all', { deep: [1] })
    app.io.to('attic').emit('news', 'to the attic', Buffer.from('abc'))
    app.io.to('cellar').emit('news', 'to others')
    app.io.to(socket.id).emit('news', 'to it alone')
    app.io.volatile.emit('news', 'volatile')

    const opened = once(app.io, 'connection') as Promise<[Socket]>
    line.mend(port)
    client.connect()
    const [back] = await opened
    t.equal(back.recovered, true)
    t.equal(back.id, id)
    t.strictSame(back.data, { name: 'ada' })
    t.ok(back.rooms.has('attic'))
    t.match(await heard(), ['to all', { deep: [1] }, String])
    t.match(await heard(), ['to the attic', Buffer.from('abc'), String])
    t.match(await heard(), ['to it alone', String])
    t.equal(client.recovered, true)
    t.equal(client.id, id)
    t.strictSame(await ask(client, 'where'), [transport])
    app.io.to('attic').emit('news', 'again')
    t.match(await heard(), ['again', String])

    t.test('and the old client beside it sees no offsets', async (t) => {
      for (const args of [['first'], ['to all', { deep: [1] }], ['to the attic', { base64: true, data: 'YWJj' }], ['volatile'], ['again']]) {
        t.strictSame(await heardByOld(), args)
      }
    })
  })

  t.test(`over ${transport}, a client that has no offset comes back as a new one`, async (t) => {
    const stage = await setUp(t, transport)
    const { app, port, line, client } = stage
    const { id } = client
    await lose(stage)
    app.io.emit('news', 'missed')
    line.mend(port)
    const connected = hear(client, 'connect')
    client.connect()
    await connected()
    t.equal(client.recovered, false)
    t.not(client.id, id)
  })
}

t.test('a client that the Server disconnects does not recover', async (t) => {
  const stage = await setUp(t, 'websocket')
  const { app, client, heard } = stage
  app.io.emit('news', 'first')
  await heard()
  const lost = hear(client, 'disconnect')
  app.io.in(String(client.id)).disconnectSockets()
  t.equal((await lost())[0], 'io server disconnect')
  const connected = hear(client, 'connect')
  client.connect()
  await connected()
  t.equal(client.recovered, false)
})
