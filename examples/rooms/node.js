// One node of several: its clients, and those of the other nodes, are in the same rooms. The Redis adapter carries broadcasts from node to node.
//   npm run example:rooms                        starts two nodes, see start.js
//   node examples/rooms/node.js --port 3002      one more node at the same Redis (REDIS_URL)
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import fastifyStatic from '@fastify/static'
import { createAdapter } from '@socket.io/redis-adapter'
import socketioTransports from 'fastify-socketio-transports'
import { createClient } from 'redis'
import { readFlags, run } from '../shared/command.js'

const flags = readFlags({ about: 'One node of the rooms over Redis (REDIS_URL).', command: 'npm run example:rooms' })
const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
const app = Fastify({ forceCloseConnections: true })

const publisher = createClient({ url })
const subscriber = publisher.duplicate()
for (const client of [publisher, subscriber]) {
  client.on('error', (error) => console.error(`Redis at ${url}: ${error.message || error.code}. Start it, or set REDIS_URL. The client tries again.`))
}
await Promise.all([publisher.connect(), subscriber.connect()])
app.addHook('onClose', async () => { // registered before the plugin: runs after its sessions have ended
  publisher.destroy()
  subscriber.destroy()
})

await app.register(fastifyStatic, {
  root: ['public', '../shared/public'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
})
await app.register(socketioTransports, {
  serveClient: 'node_modules/socket.io/client-dist',
  drainTimeout: 1000,
  io: { adapter: createAdapter(publisher, subscriber, { key: process.env.REDIS_KEY ?? 'example-rooms' }) }
})

const ROOMS = ['attic', 'cellar', 'garden']
const port = () => app.server.address().port

/** Tells a room who is in it, on all nodes. A node that has just died does not answer. */
async function tellMembers (room) {
  try {
    const sockets = await app.io.in(room).fetchSockets()
    app.io.to(room).emit('members', sockets.map(({ data }) => data))
  } catch (error) {
    console.error(`who is in the room is not known: ${error.message}`)
  }
}

app.io.on('connection', (socket) => {
  socket.data = { name: String(socket.handshake.query.name ?? 'guest').slice(0, 20), node: port() }
  let room

  socket.on('enter', async (wanted, ack) => {
    if (!ROOMS.includes(wanted) || typeof ack !== 'function') return
    const left = room
    room = wanted
    if (left !== undefined) await socket.leave(left)
    await socket.join(room)
    ack(port())
    if (left !== undefined) await tellMembers(left)
    await tellMembers(wanted)
  })
  socket.on('say', (text) => {
    if (room !== undefined && typeof text === 'string') app.io.to(room).emit('said', { ...socket.data, text: text.slice(0, 500) })
  })
  socket.on('disconnect', async () => {
    if (room !== undefined && !app.socketio.draining) await tellMembers(room)
  })
})

// Nodes can ask each other. The page shows one client of each node.
app.io.on('port', (ack) => ack(port()))
app.get('/nodes.json', async () => [port(), ...await app.io.serverSideEmitWithAck('port')].sort((a, b) => a - b))

await run(app, flags)
