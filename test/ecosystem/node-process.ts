// One server of several, in a process of its own. Its arguments: the adapter; where that needs a Redis, its URL and the prefix of all
// keys and channels; `recovery` where the Server is to have connectionStateRecovery. Tells its port to its parent. Clients drive it by
// the events below.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { createAdapter as clusterAdapter } from '@socket.io/cluster-adapter'
import { createAdapter as redisAdapter, createShardedAdapter } from '@socket.io/redis-adapter'
import { createAdapter as redisStreamsAdapter } from '@socket.io/redis-streams-adapter'
import Fastify from 'fastify'
import { createClient } from 'redis'
import type { ServerOptions } from 'socket.io'
import socketioTransports from '../../src/index.js'

export type AdapterName = 'cluster' | 'redis' | 'sharded redis' | 'redis streams'
type Ack = (answer?: unknown) => void

const [name, redis = '', prefix = '', recovery] = process.argv.slice(2) as [AdapterName, string?, string?, string?]

/** A connection to Redis. It ends with the process, and Redis may end before it. */
async function redisClient () {
  const client = createClient({ url: redis })
  client.on('error', () => {})
  return await client.connect()
}

async function adapter (): Promise<unknown> {
  switch (name) {
    case 'cluster': return clusterAdapter()
    case 'redis': return redisAdapter(await redisClient(), await redisClient(), { key: prefix })
    case 'sharded redis': return createShardedAdapter(await redisClient(), await redisClient(), { channelPrefix: prefix })
    case 'redis streams': return redisStreamsAdapter(await redisClient(), { streamName: prefix, channelPrefix: prefix, sessionKeyPrefix: `${prefix}:` })
    default: return name satisfies never
  }
}

const options = { adapter: await adapter() } as Partial<ServerOptions>
const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, {
  io: recovery === undefined ? options : { ...options, connectionStateRecovery: {} }
})
const { io } = app

io.on('name' as never, ((ack: Ack) => ack(process.pid)) as never)
io.on('connection', (socket) => {
  socket.data = { generation: socket.conn.protocol }
  socket.on('name', (ack: Ack) => ack(process.pid))
  socket.on('probe', () => io.emit('probe', process.pid))
  socket.on('join', async (room: string, ack: Ack) => {
    await socket.join(room)
    ack()
  })
  socket.on('say', (room: string, ...args: unknown[]) => io.to(room).emit('said', ...args))
  socket.on('say beside', (room: string, ...args: unknown[]) => socket.to(room).emit('said', ...args))
  socket.on('say here', (room: string, ...args: unknown[]) => io.local.to(room).emit('said', ...args))
  socket.on('bytes', (room: string) => io.to(room).emit('said', { bytes: Buffer.from('abc') }))
  socket.on('vote', async (room: string, ack: Ack) => ack(await io.timeout(5000).to(room).emitWithAck('vote')))
  socket.on('who', async (room: string, ack: Ack) => {
    const found = await io.in(room).fetchSockets()
    ack(found.map(({ id, data, rooms, handshake: { query } }) => ({ id, data: data as unknown, rooms: [...rooms], query })))
  })
  socket.on('move', (room: string, to: string) => io.in(room).socketsJoin(to))
  socket.on('throw out', (room: string) => io.in(room).disconnectSockets(true))
  socket.on('names', async (ack: Ack) => ack(await io.serverSideEmitWithAck('name' as never)))
})

// Workers of one cluster would share a port.
await app.listen({ port: 0, host: '127.0.0.1', exclusive: true })
process.send?.({ port: (app.server.address() as AddressInfo).port })
process.once('disconnect', () => process.exit(0))
