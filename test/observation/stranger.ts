// A server as its author writes it, in a process of its own: its log is what it writes on stdout.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import Fastify from 'fastify'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'

const options = JSON.parse(process.argv[2] ?? '{}') as SocketioTransportsOptions
const app = Fastify({ logger: true, forceCloseConnections: true })
await app.register(socketioTransports, { io: {}, ...options })
app.io.on('connection', (socket) => { socket.on('say', (text: string) => socket.emit('said', text)) })
await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.((app.server.address() as AddressInfo).port)
process.once('disconnect', async () => {
  await app.close()
  process.exit()
})
