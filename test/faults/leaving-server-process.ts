// Servers in a process of their own, with the official Server on top, that hear numbers until they are told to close. The parent says `{ start: options }`, which
// is answered with the port, and `{ close: port }`, with what the server has heard by the time that it has closed.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'

/** What it is told. */
export type Asked = { start: SocketioTransportsOptions } | { close: number }

/** What a server has heard, and why its sockets have disconnected. */
export interface Heard { heard: number[], reasons: string[] }

const servers = new Map<number, Heard & { app: FastifyInstance }>()

async function start (options: SocketioTransportsOptions): Promise<{ port: number }> {
  const app: FastifyInstance = Fastify()
  const server = { app, heard: [] as number[], reasons: [] as string[] }
  await app.register(socketioTransports, { transports: ['websocket', 'htmlfile', 'xhr-polling', 'polling'], io: {}, ...options })
  app.io.on('connection', (socket) => {
    socket.on('n', (n: number, answer?: () => void) => {
      server.heard.push(n)
      answer?.()
    })
    socket.on('disconnect', (reason) => server.reasons.push(reason))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  servers.set(port, server)
  return { port }
}

async function close (port: number): Promise<Heard> {
  const server = servers.get(port)
  await server?.app.close()
  return { heard: server?.heard ?? [], reasons: server?.reasons ?? [] }
}

process.on('message', async (asked: Asked) => { process.send?.('start' in asked ? await start(asked.start) : await close(asked.close)) })
process.once('disconnect', () => process.exit(0))
process.send?.('ready')
