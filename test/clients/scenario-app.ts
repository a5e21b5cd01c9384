// The server that the clients of every generation are tried against: the plugin with the official Server, answering what the
// scenarios ask, and the pages that load a client.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Socket } from 'socket.io'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { PACKAGES } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { plain } from './later-scenario.js'

const require = createRequire(import.meta.url)

/** The file that pages load. */
export const bundleOf = (generation: Generation): string =>
  join(dirname(require.resolve(`${PACKAGES[generation]}/package.json`)), 'dist', 'socket.io.js')

const SCENARIOS = ['scenario-waiting.js', 'old-scenario.js', 'later-scenario.js']

/** A page with a client and its scenario, which is found as `scenario`. */
const pageOf = (generation: Generation, scenario: string): string => `<!doctype html>
<meta charset="utf-8">
<title>${generation}</title>
<link rel="icon" href="data:,">
<body>
<script src="/client/${generation}.js"></script>
<script type="module">
import * as scenario from '/${scenario}'
window.scenario = scenario
scenario.standInForActiveX?.(window)
</script>`

type Ack = (...args: unknown[]) => void

/** The code units of a text: what arrived, said in a way that no encoding can damage. */
const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))

/** What the server says first; made of one, two, three and four bytes of UTF-8. */
export const GREETING = 'a é 漢 \u2028 😀'

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
  socket.on('greeting', (ack: Ack) => ack(GREETING))
  socket.on('units', (text: string, ack: Ack) => ack(unitsOf(text)))
  socket.on('echo', (x: unknown, ack: Ack) => ack(x))
  socket.on('bytes', (x: unknown, ack: Ack) => ack(plain(x), x))
  socket.on('sum', (a: number, b: number, ack: Ack) => ack(a + b, { of: [a, b] }))
  socket.on('ask me', (x: unknown, ack: Ack) => { socket.emit('ask', x, (...args: unknown[]) => ack(args)) })
  socket.on('send me', (x: unknown, ack: Ack) => { socket.send(x, (...args: unknown[]) => ack(args)) })
  socket.on('up', (i: unknown) => bursts.push(i))
  socket.on('burst', (ack: Ack) => ack(bursts))
  socket.on('many', (count: number, binaryEvery = 0) => {
    for (let i = 0; i < count; i++) socket.emit('down', i % binaryEvery === 0 ? Buffer.of(i) : i)
  })
  socket.on('tell others', (x: unknown) => socket.broadcast.emit('news', x))
  socket.on('enter', (room: string, ack: Ack) => { Promise.resolve(socket.join(room)).then(() => ack(), ack) })
  socket.on('tell room', (room: string, x: unknown) => socket.to(room).emit('news', x))
  socket.on('drop me', () => socket.conn.close())
  socket.on('throw me out', () => onceWritable(socket, () => socket.disconnect(true)))
}

/** Adds the pages to a server. */
export function addPages (app: FastifyInstance): void {
  for (const generation of Object.keys(PACKAGES) as unknown as Generation[]) {
    const client = readFileSync(bundleOf(generation), 'utf8')
    const page = pageOf(generation, String(generation) === '0.9' ? 'old-scenario.js' : 'later-scenario.js')
    app.get(`/page/${generation}`, (_request, reply) => reply.type('text/html').send(page))
    app.get(`/client/${generation}.js`, (_request, reply) => reply.type('text/javascript').send(client))
  }
  for (const name of SCENARIOS) {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8')
    app.get(`/${name}`, (_request, reply) => reply.type('text/javascript').send(text))
  }
}

/** Listens, and tells at which origin. */
export async function listen (app: FastifyInstance, port = 0): Promise<string> {
  await app.listen({ port, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** The server, not listening yet. */
export async function buildApp (options: SocketioTransportsOptions = {}): Promise<FastifyInstance> {
  // A browser opens connections ahead of need; Node counts those that were never used as busy.
  const app = Fastify({ forceCloseConnections: true })
  addPages(app)
  await app.register(socketioTransports, {
    transports: ['websocket', 'polling', 'htmlfile', 'xhr-polling', 'jsonp-polling'],
    cors: { origin: true },
    io: {},
    ...options
  })
  app.io.on('connection', answer)
  app.io.of('/chat').on('connection', answer)
  app.io.of('/refused').use((_socket, next) => next(new Error('not you')))
  return app
}
