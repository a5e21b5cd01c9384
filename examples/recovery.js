import { createAdapter } from '@socket.io/redis-streams-adapter'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { recoverable } from 'fastify-socketio-transports/recovery'
import { createClient } from 'redis'

const app = Fastify({ logger: true })
const redis = createClient({ url: process.env.REDIS_URL })
redis.on('error', (err) => app.log.error({ err }, 'Redis'))
await redis.connect()

await app.register(socketioTransports, {
  io: {
    adapter: recoverable(redis, createAdapter, { log: app.log }),
    connectionStateRecovery: { maxDisconnectionDuration: 120_000 } // ms; the default
  }
})

app.io.on('connection', (socket) => {
  socket.emit('welcome') // a client can recover when it has had an event
  if (socket.recovered) return // its rooms and data are restored, and what it has missed is sent
  socket.join('news')
})

app.addHook('onClose', () => redis.close())
await app.listen({ port: Number(process.env.PORT ?? 3000) })
