import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const app = Fastify({ logger: true })
await app.register(socketioTransports, {
  io: {}, // options of the official Server, found as app.io
  cors: { origin: ['https://app.example'] }, // beside the server's own origin
  drainTimeout: 5000 // what app.close() takes to send clients to the next server
})

app.io.on('connection', (socket) => {
  socket.on('chat', (text, ack) => {
    socket.broadcast.emit('chat', text)
    ack('ok')
  })
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => app.close())
