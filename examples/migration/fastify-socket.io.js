import Fastify from 'fastify'
import fastifySocketIO from 'fastify-socketio-transports/fastify-socket.io' // was: from 'fastify-socket.io'

const fastify = Fastify({ logger: true })

fastify.register(fastifySocketIO, {
  path: '/live/',
  cors: { origin: 'https://app.example', credentials: true },
  pingTimeout: 10000,
  allowEIO3: true,
  allowRequest: (req, allow) => allow('a name, please', req._query.name !== undefined),
  preClose: (done) => {
    fastify.io.local.emit('bye')
    fastify.io.local.disconnectSockets(true)
    done()
  }
})

fastify.get('/hello', (request, reply) => {
  fastify.io.emit('hello', request.query.text)
  reply.send('said')
})

fastify.ready((error) => {
  if (error) throw error
  fastify.io.on('connection', (socket) => {
    socket.on('chat', (text, ack) => {
      socket.broadcast.emit('chat', socket.handshake.query.name, text)
      ack('ok')
    })
  })
})

fastify.listen({ port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => fastify.close())
