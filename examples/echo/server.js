// An echo application to test clients and tools with, and a page that uses it:
//   npm run echo -- --port N [--config JSON]
// `message` → the same; `echo` (x, ack) → ack(x), or emits `echo` x; `many` n → emits `many` 0…n-1; `up` i → emits `up` i;
// `bcast` x → `news` x to all. The config holds options of the plugin, or of a socket.io 0.9 server by their old names (seconds).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import fastifyStatic from '@fastify/static'
import socketioTransports from 'fastify-socketio-transports'
import { toOptions } from '../old-options.js'
import { readFlags, refuse, run } from '../shared/command.js'

const flags = readFlags({
  about: 'An echo application for clients of every generation, over every transport.',
  command: 'npm run echo',
  flags: { config: { value: 'JSON', default: '{}', help: 'options of the plugin, such as {"pingInterval":1000}' } }
})

function readConfig () {
  try {
    return toOptions(JSON.parse(flags.rest.config))
  } catch (error) {
    return refuse(2, `--config is not JSON: ${error.message}. Write it in single quotes: --config '{"pingInterval":1000}'`)
  }
}

const options = {
  transports: ['polling', 'websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
  cors: { origin: true }, // any page may try this server: it has no secrets
  serveClient: 'node_modules/socket.io/client-dist',
  drainTimeout: 5000,
  io: {},
  ...readConfig()
}
const app = Fastify({ forceCloseConnections: true })
await app.register(fastifyStatic, {
  root: ['public', '../shared/public'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
})
try {
  await app.register(socketioTransports, options)
} catch (error) {
  refuse(2, `--config: ${error.message}`)
}

app.io.on('connection', (socket) => {
  socket.on('message', (data) => socket.send(data))
  socket.on('echo', (x, ack) => typeof ack === 'function' ? ack(x) : socket.emit('echo', x))
  socket.on('many', (n) => { for (let i = 0; i < n; i++) socket.emit('many', i) })
  socket.on('up', (i) => socket.emit('up', i))
  socket.on('bcast', (x) => app.io.emit('news', x))
})

const page = readFileSync(new URL('index.html', import.meta.url), 'utf8').replaceAll('{{path}}', `${options.prefix ?? ''}${options.path ?? '/socket.io'}`.replace(/\/$/, ''))
app.get('/', async (request, reply) => reply.type('text/html; charset=utf-8').send(page))

await run(app, flags)
