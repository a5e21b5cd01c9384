// A service on Express and socket.io 0.9, as such services are. docs/migrate-from-socket.io-0.9.md has parts of it, beside what they become.
const http = require('node:http')
const express = require('express')

const app = express()
app.get('/status', (req, res) => res.json({ up: true }))

const server = http.createServer(app)
const io = require('socket.io-09').listen(server, { log: false }) // the package socket.io of 0.9

io.configure(() => {
  io.set('transports', ['websocket', 'xhr-polling', 'jsonp-polling'])
  io.set('heartbeat interval', 20)
  io.set('close timeout', 60)
  io.set('destroy buffer size', 5e6)
  io.set('origins', '*:*')
})

io.set('authorization', (data, accept) => {
  if (data.query.token === undefined) return accept('no token', false)
  if (data.query.token !== 'secret') return accept(null, false)
  data.user = { name: data.query.name, ip: data.address.address }
  accept(null, true)
})

io.sockets.on('connection', (socket) => {
  const { user, query } = socket.handshake

  socket.on('hello', (ack) => {
    ack({ id: socket.id, name: user.name, ip: user.ip, transport: socket.transport, query: query.name })
  })

  socket.on('join', (doc, ack) => {
    socket.join(doc)
    socket.set('doc', doc, () => {
      socket.broadcast.to(doc).emit('joined', user.name)
      ack(io.sockets.clients(doc).length, io.sockets.manager.rooms['/' + doc].length)
    })
  })

  socket.on('who', (ack) => {
    const names = io.sockets.clients().map((client) => client.handshake.user.name)
    socket.get('doc', (_, doc) => ack(names, doc, Object.keys(io.sockets.manager.roomClients[socket.id])))
  })

  socket.on('edit', (doc, text) => {
    io.sockets.in(doc).except(socket.id).emit('edited', text)
    socket.volatile.emit('saved', doc)
  })

  socket.on('message', (text) => {
    socket.broadcast.send(text)
    io.sockets.in('notes').json.send({ text })
  })

  socket.on('whisper', (id, text) => {
    io.sockets.socket(id).emit('whispered', text)
  })

  socket.on('kick', (id) => {
    io.sockets.socket(id).disconnect()
  })

  socket.on('disconnect', (reason) => {
    const rooms = Object.keys(io.sockets.manager.roomClients[socket.id] || {})
      .filter((room) => room.charAt(0) === '/').map((room) => room.slice(1))
    rooms.forEach((room) => {
      const left = io.sockets.clients(room).filter((client) => client.id !== socket.id)
      io.sockets.in(room).emit('left', user.name, left.length)
    })
  })
})

io.of('/admin').authorization((data, accept) => {
  accept(null, data.user.name === 'ada')
}).on('connection', (socket) => {
  socket.on('session of', (ack) => {
    ack(socket.id, io.sockets.clients().length)
  })
  socket.json.send({ clients: io.sockets.clients().length })
})

server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('Server listening'))
