// Peer: the reference engine of Engine.IO 4, with the previous generation allowed.
import { createServer } from 'node:http'
import { Server } from 'engine.io'

const PUSH = 'x'.repeat(128)

export default {
  name: 'engine.io',
  dialects: {
    'eio4-websocket': {},
    'eio4-polling': {},
    'eio4-polling-parked': {},
    'eio4-upgrade': {},
    'eio3-websocket': {},
    'eio3-polling': {},
    'eio3-polling-parked': {}
  },
  serve (port) {
    const http = createServer((request, response) => response.end())
    const engine = new Server({ allowEIO3: true })
    engine.attach(http, { path: '/engine.io' })
    engine.on('connection', (socket) => socket.on('message', (message) => {
      if (message !== 'bcast') socket.send(message)
      else for (const each of Object.values(engine.clients)) each.send(PUSH)
    }))
    return new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
  }
}
