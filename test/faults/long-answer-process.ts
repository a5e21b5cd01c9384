// A server in a process of its own that answers polls with one packet longer than what the system's buffers take. Its arguments: how it is spoken to, a key
// and a certificate. It tells its parent its port, and how sessions end.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import socketioTransports from '../../src/index.js'

/** How a server is spoken to. */
export type Spoken = 'http' | 'https' | 'http2'

/** What the process tells. */
export type Told = { port: number } | { ended: string }

/** Longer than what the system's buffers take of one connection; characters. */
const LONG = 13_000_000

const [spoken, key = '', cert = ''] = process.argv.slice(2) as [Spoken, string, string]
const server = { http: {}, https: { https: { key, cert } }, http2: { http2: true } }
const app = Fastify(server[spoken] as object) as FastifyInstance
const tell = (what: Told): void => { process.send?.(what) }

await app.register(socketioTransports, { maxQueueBytes: 100_000_000, transports: ['xhr-polling', 'jsonp-polling', 'polling'] })
app.socketio.on('connection', (socket) => {
  socket.on('packet', ({ type }) => { if (type === 'message') socket.send({ type: 'message', data: 'x'.repeat(LONG) }) })
  socket.on('close', (_reason, { reason }) => tell({ ended: reason }))
})
process.once('disconnect', () => process.exit(0))
await app.listen({ port: 0, host: '127.0.0.1' })
tell({ port: (app.server.address() as AddressInfo).port })
