// Peer: @fastify/websocket alone.
import websocket from '@fastify/websocket'
import Fastify from 'fastify'

const PUSH = 'x'.repeat(128)

export default {
  name: '@fastify/websocket',
  dialects: { 'ws-raw': {} },
  async serve (port) {
    const app = Fastify()
    await app.register(websocket)
    app.get('/', { websocket: true }, (socket) => {
      socket.on('error', () => {})
      socket.on('message', (data) => {
        const text = data.toString()
        if (text !== 'bcast') socket.send(text)
        else for (const each of app.websocketServer.clients) each.send(PUSH)
      })
    })
    await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
  }
}
