// One worker of a cluster with @socket.io/sticky. It listens on no port: the primary passes it connections. Its argument says which server it is.
import { createServer } from 'node:http'
import process from 'node:process'
import { setupWorker } from '@socket.io/sticky'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import dropIn from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'

export type WorkerName = 'official' | 'drop-in' | 'plugin'

function setUp ({ server: httpServer, socketio: engine }: FastifyInstance): void {
  setupWorker({ httpServer, engine } as unknown as Server) // it uses these two of a Server
}

async function start (name: WorkerName): Promise<Server> {
  if (name === 'official') {
    const io = new Server(createServer(), { allowEIO3: true })
    setupWorker(io)
    return io
  }
  const app = Fastify()
  if (name === 'drop-in') await app.register(dropIn, { allowEIO3: true })
  else await app.register(socketioTransports, { io: {} })
  await app.ready()
  setUp(app)
  return app.io
}

const io = await start(process.argv[2] as WorkerName)
io.on('connection', (socket) => {
  socket.on('name', (text: string, answer: (...args: unknown[]) => void) => answer(process.pid, text, socket.handshake.address))
  socket.conn.on('upgrade', () => socket.emit('moved'))
})
process.send?.('ready')
process.once('disconnect', () => process.exit(0))
