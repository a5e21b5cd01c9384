// One page, six panels: a message travels over every transport, from the real 0.9 client where it still has that transport.
//   npm start                       http://127.0.0.1:3000
//   npm start -- --port N --host H  or with PORT set
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import fastifyStatic from '@fastify/static'
import socketioTransports from 'fastify-socketio-transports'

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT || '3000' }, host: { type: 'string', default: '127.0.0.1' } }
})
const client = dirname(createRequire(import.meta.url).resolve('socket.io-client-0.9/package.json'))

const app = Fastify({ forceCloseConnections: true })
await app.register(fastifyStatic, { root: fileURLToPath(new URL('public', import.meta.url)) })
await app.register(socketioTransports, {
  transports: ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
  serveClient: join(client, 'dist'), // the page loads /socket.io/socket.io.js
  io: {}
})

app.io.on('connection', (socket) => {
  socket.on('which transport', (ack) => ack(socket.conn.transport.name))
  socket.on('echo', (x, ack) => ack(x))
  socket.on('message', (text) => socket.send(text))
  socket.on('say', (id, text) => app.io.emit('said', id, text, socket.conn.transport.name))
})

const address = await app.listen({ port: Number(values.port), host: values.host })
console.log(`listening on ${address}`)
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close().then(() => process.exit(0)))
