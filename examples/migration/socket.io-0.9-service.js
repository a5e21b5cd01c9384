import fastifyExpress from '@fastify/express'
import express from 'express'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const legacy = express()
legacy.get('/status', (req, res) => res.json({ up: true }))

const app = Fastify({ logger: true })
await app.register(fastifyExpress)
app.use(legacy)

await app.register(socketioTransports, {
  io: {},
  transports: ['websocket', 'polling', 'xhr-polling', 'jsonp-polling'],
  heartbeatInterval: 20_000,
  closeTimeout: 60_000,
  maxPayload: 5e6,
  cors: { origin: true },
  authorize (request) {
    if (request.query.token === undefined) throw new Error('no token')
    if (request.query.token !== 'secret') return false
    return { user: { name: request.query.name, ip: request.ip } }
  }
})
const { io } = app

const userOf = (socket) => app.socketio.sessionOf(socket).context.user
const rooms = io.of('/').adapter.rooms // Map of names and Sets of ids
const clientsOf = (room) => [...rooms.get(room) ?? []].map((id) => io.sockets.sockets.get(id)).filter(Boolean)

io.sockets.on('connection', (socket) => {
  const user = userOf(socket)
  const { query } = socket.handshake

  socket.on('hello', (ack) => {
    ack({ id: socket.id, name: user.name, ip: user.ip, transport: socket.conn.transport.name, query: query.name })
  })

  socket.on('join', (doc, ack) => {
    socket.join(doc)
    socket.data.doc = doc
    socket.broadcast.to(doc).emit('joined', user.name)
    ack(clientsOf(doc).length, rooms.get(doc).size)
  })

  socket.on('who', (ack) => {
    const names = [...io.sockets.sockets.values()].map((client) => userOf(client).name)
    ack(names, socket.data.doc, [...socket.rooms].filter((room) => room !== socket.id))
  })

  socket.on('edit', (doc, text) => {
    io.sockets.in(doc).except(socket.id).emit('edited', text)
    socket.volatile.emit('saved', doc)
  })

  socket.on('message', (text) => {
    socket.broadcast.emit('message', text)
    io.sockets.in('notes').emit('message', { text })
  })

  socket.on('whisper', (id, text) => {
    io.to(id).emit('whispered', text)
  })

  socket.on('kick', (id) => {
    io.in(id).disconnectSockets(true)
  })

  socket.on('disconnecting', (reason) => { // at 'disconnect', socket.rooms is empty
    for (const room of socket.rooms) {
      if (room === socket.id) continue // every socket is in a room of its own
      const left = clientsOf(room).filter((client) => client.id !== socket.id)
      socket.to(room).emit('left', user.name, left.length)
    }
  })
})

io.of('/admin').use((socket, next) => {
  next(userOf(socket).name === 'ada' ? undefined : new Error('unauthorized'))
})
io.of('/admin').on('connection', (socket) => {
  socket.on('session of', (ack) => {
    ack(socket.conn.id, io.sockets.sockets.size)
  })
  socket.send({ clients: io.sockets.sockets.size })
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
