// Floor for WebSockets: ws on node:http.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const PUSH = 'x'.repeat(128)

export default {
  name: 'ws',
  floor: 'websocket',
  dialects: { 'ws-raw': {} },
  serve (port) {
    const http = createServer((request, response) => response.end())
    const server = new WebSocketServer({ server: http })
    server.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.on('message', (data) => {
        const text = data.toString()
        if (text !== 'bcast') socket.send(text)
        else for (const each of server.clients) each.send(PUSH)
      })
    })
    return new Promise((resolve) => http.listen(port, '127.0.0.1', 4096, resolve))
  }
}
