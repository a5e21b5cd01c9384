import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const app = Fastify({ logger: true })
await app.register(socketioTransports, {
  io: {},
  transports: ['websocket', 'polling', 'xhr-polling', 'jsonp-polling'], // io.set('transports', …); 'polling' is for 1.x and later
  heartbeatInterval: 20_000, // io.set('heartbeat interval', 20)
  cors: { origin: true }, // io.set('origins', '*:*')
  authorize (request) { // io.set('authorization', …)
    return request.query.token === 'secret' && { user: 'ada' }
  }
})
const { io } = app

io.use((socket, next) => {
  socket.data.user = app.socketio.sessionOf(socket).context.user // was: socket.handshake.user
  next()
})

io.sockets.on('connection', (socket) => {
  socket.on('join', async (room, nick, ack) => {
    if (typeof room !== 'string' || typeof ack !== 'function') return // clients can send anything
    socket.data.nick = nick // socket.set('nick', nick, callback)
    socket.join(room)
    const others = await io.in(room).fetchSockets() // io.sockets.clients(room)
    ack(others.map(({ data }) => data.nick)) // socket.get('nick', callback)
  })
  socket.on('say', (room, text) => {
    if (typeof room !== 'string') return
    socket.broadcast.to(room).emit('said', socket.data.nick, text)
  })
})

io.of('/admin').use((socket, next) => { // io.of('/admin').authorization(…)
  next(socket.handshake.query.pin === '1234' ? undefined : new Error('wrong pin'))
})
io.of('/admin').on('connection', (socket) => {
  socket.send({ clients: app.socketio.clientsCount }) // socket.json.send(…)
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
