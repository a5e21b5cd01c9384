// One worker of a cluster with @socket.io/sticky. It listens on no port: the primary passes it connections. Its argument says which server it is.
import process from 'node:process'
import { setupWorker } from '@socket.io/sticky'
import Fastify from 'fastify'
import type { Server } from 'socket.io'
import dropIn from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'

export type WorkerName = 'drop-in' | 'plugin'

const app = Fastify()
if (process.argv[2] === 'drop-in') await app.register(dropIn, { allowEIO3: true })
else await app.register(socketioTransports, { io: {} })
const { io, server: httpServer, socketio: engine } = app
await app.ready()
setupWorker({ httpServer, engine } as unknown as Server) // it uses these two of a Server
engine.use(({ url }, _response, next) => {
  next()
  if (url?.endsWith('&park') === true) setImmediate(() => process.send?.('parked'))
})
io.on('connection', (socket) => {
  socket.on('name', (text: string, answer: (...args: unknown[]) => void) => answer(process.pid, text, socket.handshake.address))
  socket.conn.on('upgrade', () => socket.emit('moved'))
})
process.send?.('ready')
process.once('disconnect', () => process.exit(0))
