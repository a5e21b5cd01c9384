// One node of several: any request of its clients may arrive at any other node. start.js starts three.
//   node examples/cluster/node.js --port 3001      REDIS_URL and SECRET name the cluster
import process from 'node:process'
import { createAdapter } from '@socket.io/redis-adapter'
import { nodes } from 'fastify-socketio-transports/cluster'
import { createClient } from 'redis'
import { buildLive } from '../live/app.js'
import { readFlags, run } from '../shared/command.js'

const flags = readFlags({ about: 'One node of the cluster (REDIS_URL, SECRET).', command: 'npm run cluster-demo' })
const { REDIS_URL: url = 'redis://127.0.0.1:6379', REDIS_KEY: key = 'example-cluster', SECRET: secret = '' } = process.env

const redis = createClient({ url })
const subscriber = redis.duplicate()
for (const client of [redis, subscriber]) client.on('error', ({ message, code }) => console.error(`Redis at ${url}: ${message || code}`))
await Promise.all([redis.connect(), subscriber.connect()])

const cluster = nodes({ secret, redis, prefix: key, listen: { host: '127.0.0.1' } })
const app = await buildLive({ cluster, io: { adapter: createAdapter(redis, subscriber, { key }) } })

/** What this node does for the sessions of others. */
const counts = { requests: 0, forwarded: 0 }
app.addHook('onRequest', async (request) => {
  if (request.routeOptions.config.socketio === undefined) return
  counts.requests++
  if (request.socketioNode !== null) counts.forwarded++
})

/** For readiness probes: a new node is not seen while Redis is down, and a draining one wants no clients. */
app.get('/ready', async (_request, reply) => {
  const isReady = cluster.isCurrent && !app.socketio.draining
  return reply.code(isReady ? 200 : 503).send({ tag: cluster.tag, nodes: cluster.nodes })
})

process.on('message', (message) => {
  if (message === 'report') process.send?.({ tag: cluster.tag, sessions: app.socketio.clientsCount, nodes: cluster.nodes.length, ...counts })
})

app.addHook('onClose', async () => {
  for (const client of [redis, subscriber]) client.destroy()
})
await run(app, flags)
