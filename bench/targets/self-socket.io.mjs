// This plugin with the official Server on top, for a transport benchmark. The same application as self.mjs.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const PUSH = 'x'.repeat(128)
/** Socket.IO packets inside Engine.IO's messages. */
const SOCKETIO = { path: '/socket.io', app: 'sio5' }

export default {
  name: 'fastify-socketio-transports + socket.io',
  dialects: {
    'rev1-websocket': {},
    'rev1-xhr-polling': {},
    'rev1-xhr-polling-parked': {},
    'eio4-websocket': SOCKETIO,
    'eio4-polling': SOCKETIO,
    'eio4-polling-parked': SOCKETIO,
    'eio4-upgrade': SOCKETIO
  },
  async serve (port) {
    const app = Fastify()
    await app.register(socketioTransports, { io: {} })
    app.io.on('connection', (socket) => {
      socket.on('message', (data) => data === 'bcast' ? app.io.send(PUSH) : socket.send(data))
    })
    await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
  }
}
