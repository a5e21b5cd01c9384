// One process of a server in production: behind a proxy, with probes, and with an end that clients hardly notice. docs/proxies.md, docs/restarts.md.
import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

const name = process.env.NODE_NAME ?? 'a' // 'a' on port 3001, 'b' on port 3002
export const app = Fastify({
  logger: true,
  trustProxy: process.env.TRUST_PROXY ?? '127.0.0.1', // addresses of the proxy: 10.0.0.0/8
  forceCloseConnections: true // connections without a request do not delay the end
})
await app.register(socketioTransports, {
  io: {}, // and the adapter, if there are several processes
  generateId: () => `${name}-${randomBytes(15).toString('base64url')}`
})

app.get('/live', (request, reply) => reply.send('live'))
app.get('/ready', (request, reply) => reply.code(app.socketio.draining ? 503 : 200).send())

process.once('SIGTERM', async () => {
  await app.socketio.drain(Number(process.env.DRAIN_MS ?? 10_000)) // other routes still work
  await app.close()
})
await app.listen({ port: Number(process.env.PORT ?? 3000), host: process.env.HOST ?? '127.0.0.1' })
