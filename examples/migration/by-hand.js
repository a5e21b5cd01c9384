import fastifyCookie from '@fastify/cookie'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { Server } from 'socket.io'

const app = Fastify({ logger: true })
await app.register(fastifyCookie, { secret: 'a secret of at least 32 characters!' })

const io = new Server({ connectTimeout: 10_000 }) // was: new Server(app.server, { path: '/live', pingTimeout: 10_000, … })
await app.register(socketioTransports, {
  io,
  path: '/live',
  pingTimeout: 10_000,
  authorize (request) { // was: a parser of socket.request.headers.cookie in io.use
    const { valid, value } = request.unsignCookie(request.cookies.user ?? '')
    return valid && { user: value }
  }
})
app.addHook('onClose', () => io.close())

app.post('/login', (request, reply) => {
  reply.setCookie('user', request.body.user, { signed: true, httpOnly: true, path: '/' }).send('welcome')
})

io.on('connection', (socket) => {
  const { context } = app.socketio.sessionOf(socket)
  socket.emit('you are', context.user)
})

await app.listen({ port: Number(process.env.PORT ?? 3000), host: 'localhost' }) // on ::1 and 127.0.0.1, and both answer
