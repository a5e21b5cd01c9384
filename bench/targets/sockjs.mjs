// Peer: SockJS.
import { createServer } from 'node:http'
import sockjs from 'sockjs'

const PUSH = 'x'.repeat(128)

export default {
  name: 'sockjs',
  dialects: { 'sockjs-websocket': {}, 'sockjs-xhr': {}, 'sockjs-xhr-parked': {} },
  serve (port) {
    const http = createServer((request, response) => response.end())
    const server = sockjs.createServer({ log: () => {}, prefix: '/echo' })
    const all = new Set()
    server.on('connection', (connection) => {
      if (connection === null) return
      all.add(connection)
      connection.on('close', () => all.delete(connection))
      connection.on('data', (message) => {
        if (message !== 'bcast') connection.write(message)
        else for (const each of all) each.write(PUSH)
      })
    })
    server.installHandlers(http)
    return new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
  }
}
