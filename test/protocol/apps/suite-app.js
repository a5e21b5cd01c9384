// The application that the published test suite of Socket.IO protocol 5 needs:
//   npm run suite-app -- --port N [--config JSON]
// The namespaces `/` and `/custom` send each client its `auth` back. `/` answers `message` with `message-back`, and
// acknowledges `message-with-ack` with the same arguments. The suite expects these times and sizes.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { Server } from 'socket.io'
import { run } from '../../../examples/shared/command.js'
import { buildFront, flags, OPTIONS } from './options.js'

// The suite waits two seconds until the Server closes a connection that joins no namespace, and also polls for one second without joining any.
const io = new Server({ connectTimeout: 1500 })

async function build (options) {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(socketioTransports, { pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000, io, ...OPTIONS, ...options })
  return app
}

const tellAuth = (socket) => socket.emit('auth', socket.handshake.auth)

io.on('connection', (socket) => {
  tellAuth(socket)
  socket.on('message', (...args) => socket.emit('message-back', ...args))
  socket.on('message-with-ack', (...args) => args.pop()(...args))
})
io.of('/custom').on('connection', tellAuth)

await run(await buildFront(build), flags)
