// One of several servers, in a process of its own. Its arguments: the URL of a Redis, the prefix of all keys and channels, and `official` for the adapter alone, `impatient` for short heartbeats.
// It tells its port to its parent, and says a number each 5 ms from 'talk' to 'end' or 'quiet'.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import Fastify from 'fastify'
import { createClient } from 'redis'
import socketioTransports from '../../src/index.js'
import { recoverable } from '../../src/recovery.js'

const [url = '', prefix = '', kind] = process.argv.slice(2)
const redis = createClient({ url })
redis.on('error', () => {})
await redis.connect()

const options = { streamName: prefix, channelPrefix: prefix, sessionKeyPrefix: `${prefix}:` }
const adapter = kind === 'official' ? createAdapter(redis, options) : recoverable(redis, (client) => createAdapter(client, options), { saveInterval: 500 })

const app = Fastify({ forceCloseConnections: true })
await app.register(socketioTransports, { io: { adapter, connectionStateRecovery: {} }, ...kind === 'impatient' ? { pingInterval: 1000, pingTimeout: 2000 } : {} })
const name = String(process.pid)
for (const nsp of [app.io.of('/'), app.io.of('/chat')]) {
  nsp.on('connection', (socket) => {
    // A client tells the offset of the last event that it had, so it must have had one.
    socket.emit('welcome')
    socket.on('join', async (rooms: string[], ack: () => void) => {
      await socket.join(rooms)
      ack()
    })
    socket.on('leave', async (room: string, ack: () => void) => {
      await socket.leave(room)
      ack()
    })
    socket.on('call', (name: string) => { socket.data = { name } })
    socket.on('who', (ack: (pid: string, rooms: string[], data: unknown) => void) => ack(name, [...socket.rooms], socket.data))
  })
}

let count = 0
let timer: NodeJS.Timeout | undefined

/** Says the next number, to all, to all of a namespace, or to a room. */
function say (): void {
  const n = ++count
  const to = n % 3 === 0 ? app.io.of('/chat') : n % 3 === 1 ? app.io : app.io.to('attic').except('deaf')
  to.emit('n', name, n, n % 5 === 0 ? Buffer.from(String(n)) : null)
  // Neither has an offset with the official adapter: their text would be taken for one.
  if (n % 4 === 0) app.io.volatile.emit('volatile', 'text')
  if (n % 7 === 0) app.io.local.emit('local', 'text')
}

process.on('message', (message) => {
  if (message === 'count') {
    process.send?.(app.io.sockets.sockets.size)
    return
  }
  clearInterval(timer)
  if (message === 'talk') timer = setInterval(say, 5)
  if (message === 'end') for (const nsp of ['/', '/chat']) app.io.of(nsp).emit('end')
})
await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.({ port: (app.server.address() as AddressInfo).port })
process.once('disconnect', () => process.exit(0))
