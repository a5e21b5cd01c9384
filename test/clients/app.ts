// The server that the old clients are tried against: the plugin with the official Server, answering what scenario.js asks.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Socket } from 'socket.io'
import socketioTransports from '../../src/index.js'

const require = createRequire(import.meta.url)
export const CLIENT_FOLDER = join(dirname(require.resolve('socket.io-client-0.9/package.json')), 'dist')

/** A page with the old client and the scenario; the query's `transport` is the only one its client knows. */
const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>0.9</title>
<link rel="icon" href="data:,">
<script src="/client.js"></script>
<script type="module">
import * as scenario from '/scenario.js'
window.scenario = scenario
scenario.standInForActiveX(window)
</script>`

type Ack = (...args: unknown[]) => void

/** The code units of a text: what arrived, said in a way that no encoding can damage. */
const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))

/** Calls back once the client holds something open: a goodbye that finds nothing open is dropped (docs/revision-1.md, "On the official Server"). */
function onceWritable (socket: Socket, then: () => void): void {
  if (socket.conn.transport.writable) then()
  else if (socket.connected) setImmediate(onceWritable, socket, then)
}

function answer (socket: Socket): void {
  const bursts: unknown[] = []
  socket.on('message', (data) => socket.send(data))
  socket.on('whoami', (ack: Ack) => {
    const { transport } = socket.conn
    ack({ id: socket.id, nsp: socket.nsp.name, transport: transport.name, query: socket.handshake.query })
  })
  socket.on('units', (text: string, ack: Ack) => ack(unitsOf(text)))
  socket.on('echo', (x: unknown, ack: Ack) => ack(x))
  socket.on('sum', (a: number, b: number, ack: Ack) => ack(a + b, { of: [a, b] }))
  socket.on('ask me', (x: unknown, ack: Ack) => { socket.emit('ask', x, (...args: unknown[]) => ack(args)) })
  socket.on('send me', (x: unknown, ack: Ack) => { socket.send(x, (...args: unknown[]) => ack(args)) })
  socket.on('up', (i: unknown) => bursts.push(i))
  socket.on('burst', (ack: Ack) => ack(bursts))
  socket.on('many', (count: number) => { for (let i = 0; i < count; i++) socket.emit('down', i) })
  socket.on('tell others', (x: unknown) => socket.broadcast.emit('news', x))
  socket.on('throw me out', () => onceWritable(socket, () => socket.disconnect(true)))
}

/** Adds the page to a server. */
export function addPage (app: FastifyInstance): void {
  const client = readFileSync(join(CLIENT_FOLDER, 'socket.io.js'), 'utf8')
  const scenario = readFileSync(new URL('scenario.js', import.meta.url), 'utf8')
  app.get('/page', (_request, reply) => reply.type('text/html').send(PAGE))
  app.get('/client.js', (_request, reply) => reply.type('text/javascript').send(client))
  app.get('/scenario.js', (_request, reply) => reply.type('text/javascript').send(scenario))
}

/** Listens, and tells at which origin. */
export async function listen (app: FastifyInstance, port = 0): Promise<string> {
  await app.listen({ port, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** The server, not listening yet. */
export async function buildApp (): Promise<FastifyInstance> {
  // A browser opens connections ahead of need; Node counts those that were never used as busy.
  const app = Fastify({ forceCloseConnections: true })
  addPage(app)
  await app.register(socketioTransports, {
    transports: ['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling'],
    cors: { origin: true },
    io: {}
  })
  app.io.on('connection', answer)
  app.io.of('/chat').on('connection', answer)
  app.io.of('/refused').use((_socket, next) => next(new Error('not you')))
  return app
}
