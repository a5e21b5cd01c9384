// An echo application to test clients and tools with:
//   npm run echo -- --port N [--config JSON]
// `message` → the same; `echo` (x, ack) → ack(x), or emits `echo` x; `many` n → emits `many` 0…n-1; `up` i → emits `up` i;
// `bcast` x → `news` x to all. The config holds options of the plugin, or of a socket.io 0.9 server by their old names (seconds).
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { DRAIN, readFlags, run, TRANSPORTS } from './command.js'
import { toOptions } from './old-options.js'

const { config, ...address } = readFlags()
const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, { transports: TRANSPORTS, cors: { origin: true }, drainTimeout: DRAIN, io: {}, ...toOptions(config) })

app.io.on('connection', (socket) => {
  socket.on('message', (data) => socket.send(data))
  socket.on('echo', (x, ack) => typeof ack === 'function' ? ack(x) : socket.emit('echo', x))
  socket.on('many', (n) => { for (let i = 0; i < n; i++) socket.emit('many', i) })
  socket.on('up', (i) => socket.emit('up', i))
  socket.on('bcast', (x) => app.io.emit('news', x))
})

await run(app, address)
