import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const app = Fastify({ logger: true })
app.get('/', () => 'hello')

await app.register(socketioTransports, {
  io: {},
  path: '/socket.io', // resource
  transports: ['websocket', 'polling', 'xhr-polling'], // 'polling' is for clients 1.x and later
  heartbeatInterval: 20_000, // heartbeat_interval, in ms
  cors: { origin: true } // gevent-socketio accepts every origin
})

const chat = app.io.of('/chat')
const PUBLIC = new Set(['nickname']) // get_initial_acl

chat.on('connection', (socket) => {
  socket.use(([event], next) => {
    const allowed = socket.data.nickname !== undefined || PUBLIC.has(event) // lift_acl_restrictions
    next(allowed ? undefined : new Error(`You do not have access to "${event}"`))
  })
  socket.on('error', (error) => { // also an event with this name, which a client can send
    if (error instanceof Error) socket.emit('error', 'method_access_denied', error.message)
  })

  socket.emit('welcome', 'choose a nickname') // recv_connect

  socket.on('nickname', (nickname, ack) => {
    socket.data.nickname = String(nickname) // self.session
    chat.emit('announcement', `${nickname} is here`) // broadcast_event
    if (typeof ack === 'function') ack(true, nickname) // return True, nickname
  })

  socket.on('join', (room, ack) => {
    if (typeof room !== 'string') return // clients can send anything
    socket.join(room)
    socket.to(room).emit('announcement', `${socket.data.nickname} joined ${room}`) // emit_to_room
    if (typeof ack === 'function') ack(room)
  })

  socket.on('say', (room, text) => {
    if (typeof room !== 'string') return
    socket.to(room).emit('said', socket.data.nickname, text)
  })

  socket.on('message', (text) => { // recv_message
    socket.broadcast.emit('message', text) // broadcast_event_not_me
  })

  socket.on('disconnect', () => { // recv_disconnect
    socket.broadcast.emit('announcement', `${socket.data.nickname} has left`)
  })
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
