import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const app = Fastify({ logger: true })
await app.register(socketioTransports, {
  io: {}, // options of the official Server, which becomes app.io
  serveClient: true, // the client, at /socket.io/socket.io.js
  cors: { origin: 'http://localhost:5173' }, // other origins that may connect
  drainTimeout: 5000 // app.close() ends sessions one by one, for at most 5 s
})

app.io.on('connection', (socket) => {
  socket.on('chat', (text, ack) => {
    socket.broadcast.emit('chat', text)
    if (typeof ack === 'function') ack('sent') // clients may send anything
  })
})

app.get('/', (request, reply) => reply.type('text/html').send(`<!doctype html>
<title>Chat</title>
<form><input autofocus> <button>Send</button></form>
<p></p>
<script src="/socket.io/socket.io.js"></script>
<script>
  const show = (line) => document.querySelector('p').append(line, document.createElement('br'))
  const socket = io()
  socket.on('connect', () => show('connected'))
  socket.on('chat', show)
  document.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault()
    const { value } = document.querySelector('input')
    socket.emit('chat', value, (answer) => show(value + ' (' + answer + ')'))
  })
</script>`))

await app.listen({ port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => app.close())
