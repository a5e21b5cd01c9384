// One node in a process of its own, on the built package: node node.js CONFIG, as JSON (processes.ts). It writes what it hears to a file, which outlives kill -9.
import { appendFileSync } from 'node:fs'
import process from 'node:process'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { nodes } from 'fastify-socketio-transports/cluster'
import { createClient } from 'redis'

const { heard, redis: url, members, options, log } = JSON.parse(process.argv[2] ?? '{}')

async function redis () {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  return client
}

const cluster = nodes({ secret: 'a secret of the tests, 32 characters long', ...members, ...(url !== undefined && { redis: await redis() }) })
const app = Fastify({ forceCloseConnections: true, logger: log === undefined ? false : { level: 'info', file: log } })
await app.register(socketioTransports, {
  transports: ['websocket', 'polling', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
  io: {},
  cluster,
  ...options
})

app.io.on('connection', (socket) => {
  socket.on('say', (id, ack) => {
    appendFileSync(heard, `${id}\n`)
    ack?.(id)
  })
  socket.on('message', (data) => socket.send(data))
})

process.on('message', (wanted) => {
  if (wanted === 'report') process.send?.({ nodes: cluster.nodes, isCurrent: cluster.isCurrent, sessions: app.socketio.clientsCount, metrics: app.socketio.metrics, memory: process.memoryUsage() })
  if (wanted === 'say to all') app.io.emit('said')
})
process.once('SIGTERM', () => app.close().then(() => process.exit(0)))
process.once('disconnect', () => process.exit(1))
const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.({ url: address, tag: cluster.tag })
