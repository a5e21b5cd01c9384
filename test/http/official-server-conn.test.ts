// `socket.conn` as socket.io documents it ("The Socket instance"): on its own server, in the drop-in and in the plugin.
import { once } from 'node:events'
import t from 'tap'
import { connectOfficial } from '../kit/official-clients.js'
import type { Socket } from 'socket.io'
import { EVERYWHERE } from '../kit/servers/three-places.js'

for (const [where, start] of Object.entries(EVERYWHERE)) {
  for (const [generation, protocol] of [[4, 4], [2, 3]] as const) {
    t.test(`socket.conn of a client of ${generation}.x ${where}`, async (t) => {
      const { io, engine, url } = await start(t)
      const connected = new Promise<Socket>((resolve) => {
        io.once('connection', (socket) => {
          t.equal(socket.conn.transport.name, 'polling')
          resolve(socket)
        })
      })
      const client = connectOfficial(generation, url, ['polling', 'websocket'])
      t.teardown(() => client.disconnect())
      const { conn, request, handshake } = await connected
      await once(conn, 'upgrade')
      t.equal(conn.transport.name, 'websocket')
      t.match(conn, { id: /^[\w-]{20}$/, protocol, readyState: 'open', remoteAddress: '127.0.0.1' })
      t.equal(conn.request, request)
      t.equal(handshake.address, conn.remoteAddress)
      t.equal(engine.clientsCount, 1)

      const drained = once(conn, 'drain')
      io.emit('news')
      await drained
      const packet = once(conn, 'packet')
      client.emit('word')
      t.type((await packet)[0], 'object')

      const closed = once(conn, 'close')
      client.disconnect()
      t.match(await closed, ['transport close'])
      t.equal(conn.readyState, 'closed')
      t.equal(engine.clientsCount, 0)
    })
  }
}
