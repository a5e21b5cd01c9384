import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const app = Fastify({ logger: true })
await app.register(socketioTransports, {
  io: {}, // options of the official Server, which becomes app.io
  cors: { origin: ['https://app.example'] }, // in addition to the server's own origin
  drainTimeout: 5000 // how long app.close() may take to end sessions one by one, in ms
})

app.io.on('connection', (socket) => {
  socket.on('chat', (text, ack) => {
    socket.broadcast.emit('chat', text)
    ack('ok')
  })
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => app.close())
