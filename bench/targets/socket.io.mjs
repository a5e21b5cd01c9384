// Peer: the official Server on its own engine.
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const PUSH = 'x'.repeat(128)
/** Socket.IO packets inside Engine.IO's messages. */
const SOCKETIO = { path: '/socket.io', app: 'sio5' }

export default {
  name: 'socket.io 4',
  dialects: { 'eio4-websocket': SOCKETIO, 'eio4-polling': SOCKETIO, 'eio4-polling-parked': SOCKETIO, 'eio4-upgrade': SOCKETIO },
  serve (port) {
    const http = createServer((request, response) => response.end())
    const io = new Server(http, { serveClient: false })
    io.on('connection', (socket) => {
      socket.on('message', (data) => data === 'bcast' ? io.send(PUSH) : socket.send(data))
    })
    return new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
  }
}
