// The application that the published test suite of Socket.IO protocol 5 needs:
//   npm run suite-app -- --port N [--config JSON]
// The namespaces `/` and `/custom` send each client its `auth` back. `/` answers `message` with `message-back`, and
// acknowledges `message-with-ack` with the same arguments. The suite expects these times and sizes.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { run } from '../../../examples/shared/command.js'
import { flags, OPTIONS } from './options.js'

const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, {
  pingInterval: 300,
  pingTimeout: 200,
  maxPayload: 1_000_000,
  // The suite waits two seconds until the Server closes a connection that joins no namespace, and also polls for one second without joining any.
  io: { connectTimeout: 1500 },
  ...OPTIONS
})

const tellAuth = (socket) => socket.emit('auth', socket.handshake.auth)

app.io.on('connection', (socket) => {
  tellAuth(socket)
  socket.on('message', (...args) => socket.emit('message-back', ...args))
  socket.on('message-with-ack', (...args) => args.pop()(...args))
})
app.io.of('/custom').on('connection', tellAuth)

await run(app, flags)
