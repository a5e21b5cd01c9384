import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const app = Fastify({ logger: true })
await app.register(socketioTransports, {
  authorize: async (request) => request.query.token === 'secret' && { user: 'ada' }
})

app.socketio.on('connection', (socket) => {
  socket.on('packet', (packet) => {
    if (packet.type === 'connect') socket.send({ type: 'connect', endpoint: packet.endpoint })
    if (packet.type === 'message') socket.send({ type: 'message', data: `${socket.context.user}: ${packet.data}` })
    if (packet.type === 'event' && packet.ack === 'data') socket.send({ type: 'ack', id: packet.id, args: packet.args })
  })
  socket.on('close', (_, { reason }) => app.log.info({ sid: socket.id, reason }, 'gone'))
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
