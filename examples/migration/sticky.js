import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { createAdapter, setupPrimary } from '@socket.io/cluster-adapter'
import { setupMaster, setupWorker } from '@socket.io/sticky'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'

if (cluster.isPrimary) {
  const port = Number(process.env.PORT ?? 3000)
  const server = createServer()
  setupMaster(server)
  setupPrimary()
  cluster.setupPrimary({ serialization: 'advanced' }) // the bytes of requests stay bytes
  for (let i = 0; i < 2; i++) cluster.fork()
  server.listen(port, () => console.log(`listening on http://localhost:${port}`))
} else {
  const app = Fastify()
  await app.register(socketioTransports, { io: { adapter: createAdapter() } })
  app.io.on('connection', (socket) => {
    socket.on('say', (text) => app.io.emit('said', text, process.pid))
  })
  await app.ready() // instead of app.listen(): the primary passes the connections
  setupWorker({ httpServer: app.server, engine: app.socketio }) // was: setupWorker(io)
}
