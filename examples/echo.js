// The echo application that clients and tools are tried against:
//   npm run echo -- --port N [--config JSON]
// `message` → the same; `echo` (x, ack) → ack(x), or emits `echo` x; `many` n → emits `many` 0…n-1; `up` i → emits `up` i;
// `bcast` x → `news` x to all. The config holds options of the plugin, or of a socket.io 0.9 server by their old names (seconds).
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { toOptions } from './old-options.js'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '3000' }, host: { type: 'string', default: '127.0.0.1' }, config: { type: 'string', default: '{}' } }
})

const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, {
  transports: ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
  cors: { origin: true },
  io: {},
  ...toOptions(JSON.parse(values.config))
})

app.io.on('connection', (socket) => {
  socket.on('message', (data) => socket.send(data))
  socket.on('echo', (x, ack) => typeof ack === 'function' ? ack(x) : socket.emit('echo', x))
  socket.on('many', (n) => { for (let i = 0; i < n; i++) socket.emit('many', i) })
  socket.on('up', (i) => socket.emit('up', i))
  socket.on('bcast', (x) => app.io.emit('news', x))
})

const address = await app.listen({ port: Number(values.port), host: values.host })
console.log(`listening on ${address}`)
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close().then(() => process.exit(0)))
