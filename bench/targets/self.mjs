// This plugin for a transport benchmark: the built package as a user would have it, without a Server: decoded packets of revision 1,
// raw messages of Engine.IO.
// Each message is echoed; the message `bcast` sends 128 bytes to everyone.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const PUSH = 'x'.repeat(128)
/** Raw messages of Engine.IO. */
const ENGINE = { path: '/socket.io', app: 'raw' }
/** The default ones, and the one that has to be asked for. */
const TRANSPORTS = ['websocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling', 'polling']

export default {
  name: 'fastify-socketio-transports',
  dialects: {
    'rev1-websocket': {},
    'rev1-xhr-polling': {},
    'rev1-xhr-polling-parked': {},
    'jsonp-polling': {},
    'jsonp-polling-parked': {},
    htmlfile: {},
    'xhr-multipart': {},
    'eio4-websocket': ENGINE,
    'eio4-polling': ENGINE,
    'eio4-polling-parked': ENGINE,
    'eio4-upgrade': ENGINE,
    'eio3-websocket': ENGINE,
    'eio3-polling': ENGINE,
    'eio3-polling-parked': ENGINE
  },
  async serve (port) {
    const app = Fastify()
    await app.register(socketioTransports, { transports: TRANSPORTS })
    const toAll = (send) => { for (const socket of app.socketio.sessions.values()) send(socket) }
    app.socketio.on('connection', (socket) => {
      if (socket.dialect !== 'revision 1') {
        socket.on('data', (data) => data === 'bcast' ? toAll((each) => each.write(PUSH)) : socket.write(data))
        return
      }
      socket.on('packet', (packet) => {
        if (packet.type !== 'message') return
        if (packet.data !== 'bcast') socket.send({ type: 'message', data: packet.data })
        else toAll((each) => each.send({ type: 'message', data: PUSH }))
      })
    })
    await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
  }
}
