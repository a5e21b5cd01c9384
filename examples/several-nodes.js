// One node of several, with Redis: docs/cluster.md. REDIS_URL, CLUSTER_SECRET and PORT are in the environment.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { nodes } from 'fastify-socketio-transports/cluster'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'

const app = Fastify({ logger: true })
const redis = await createClient({ url: process.env.REDIS_URL }).on('error', (err) => app.log.error({ err }, 'Redis')).connect()
const subscriber = await redis.duplicate().connect()
const cluster = nodes({ secret: process.env.CLUSTER_SECRET, redis, listen: { port: Number(process.env.LINK_PORT ?? 7070) } })
await app.register(socketioTransports, { cluster, io: { adapter: createAdapter(redis, subscriber) }, drainTimeout: 5000 })

app.get('/ready', (request, reply) => reply.code(cluster.isCurrent && !app.socketio.draining ? 200 : 503).send(cluster.nodes))
app.addHook('onClose', () => Promise.all([redis.close(), subscriber.close()]))
await app.listen({ port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => app.close())
