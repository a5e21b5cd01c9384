// The application that the published test suite of Socket.IO protocol 5 talks to:
//   npm run suite-app -- --port N [--config JSON]
// Namespaces `/` and `/custom` tell each client what it authenticated with (`auth`); `/` answers `message` with `message-back`, and
// `message-with-ack` by acknowledging with the same arguments. The times and sizes are those that the suite expects to read.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { DRAIN, readFlags, run, TRANSPORTS } from './command.js'

const { config, ...address } = readFlags()
const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, {
  transports: TRANSPORTS,
  cors: { origin: true },
  drainTimeout: DRAIN,
  pingInterval: 300,
  pingTimeout: 200,
  maxPayload: 1_000_000,
  // The suite waits two seconds for the Server to close a connection that joins no namespace, and polls for one without joining any.
  io: { connectTimeout: 1500 },
  ...config
})

const tellAuth = (socket) => socket.emit('auth', socket.handshake.auth)

app.io.on('connection', (socket) => {
  tellAuth(socket)
  socket.on('message', (...args) => socket.emit('message-back', ...args))
  socket.on('message-with-ack', (...args) => args.pop()(...args))
})
app.io.of('/custom').on('connection', tellAuth)

await run(app, address)
