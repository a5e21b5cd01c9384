// This plugin for a transport benchmark: the built package as a user would have it, packet face, no Server.
// Each message is echoed; the message `bcast` sends 128 bytes to everyone.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const PUSH = 'x'.repeat(128)

export default {
  name: 'fastify-socketio-transports',
  dialects: { 'rev1-websocket': {}, 'rev1-xhr-polling': {}, 'rev1-xhr-polling-parked': {} },
  async serve (port) {
    const app = Fastify()
    await app.register(socketioTransports)
    app.socketio.on('connection', (socket) => {
      socket.on('packet', (packet) => {
        if (packet.type !== 'message') return
        if (packet.data !== 'bcast') socket.send({ type: 'message', data: packet.data })
        else for (const each of app.socketio.sessions.values()) each.send({ type: 'message', data: PUSH })
      })
    })
    await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
  }
}
