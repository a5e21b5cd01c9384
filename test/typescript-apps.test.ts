// Strict TypeScript applications compile against the packed package: ES modules and CommonJS, in each resolution of modules, with and without socket.io, with
// `skipLibCheck: false`. Each has mistakes that must be found, so that no type is `any` without notice. Wants a build.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { compile } from './kit/compile.js'
import { installPacked } from './kit/packed.js'

interface Mode { name: string, required: boolean, options: ts.CompilerOptions }
const { ModuleKind, ModuleResolutionKind } = ts
const MODES: [Mode, ...Mode[]] = [
  { name: 'NodeNext', required: true, options: { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext, verbatimModuleSyntax: true } },
  // CommonJS cannot require an ES module there.
  { name: 'node16', required: false, options: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 } },
  { name: 'Bundler, preserve', required: true, options: { module: ModuleKind.Preserve, moduleResolution: ModuleResolutionKind.Bundler } },
  { name: 'Bundler, ESNext', required: false, options: { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler, verbatimModuleSyntax: true } }
]

/** The part that every application has. A comment `wrong: TS…` ends a line with a mistake, and names the error. */
const BODY = `
app.register(plugin, { transports: ['xhr-polling'], authorize: async (request) => request.query.token === 'secret' && { user: 'ada' } })
app.register(plugin, { transports: ['carrier pigeon'] }) // wrong: TS2769
app.addHook('onRequest', async (request) => {
  const { transport, dialect } = request.routeOptions.config.socketio ?? {}
  if (transport === 'polling') request.log.info({ dialect, sid: request.socketio?.id })
  request.socketio.id // wrong: TS18047
})
app.socketio.on('connection', (socket) => {
  socket.on('packet', (packet) => {
    if (packet.type === 'event' && packet.ack === 'data') socket.send({ type: 'ack', id: packet.id, args: packet.args })
    packet.data // wrong: TS2339
  })
  socket.context.user // wrong: TS18046
})
app.socketio.sessionOf({ conn: null })?.dialect.length
app.socketio.sessionOf({ conn: null }).dialect // wrong: TS2532
app.socketio.sessionOf({}) // wrong: TS2345
`

const IMPORTED = `
import Fastify from 'fastify'
import plugin, { socketioTransports } from 'fastify-socketio-transports'
import type { Packet, Socket } from 'fastify-socketio-transports'
import dropIn from 'fastify-socketio-transports/fastify-socket.io'
const app = Fastify()
export const same: boolean = plugin === socketioTransports
export const show = (socket: Socket, packet: Packet): number | undefined => socket.send({ ...packet, endpoint: '' }) // wrong: TS2322
`

const WITH = `
app.register(dropIn, { path: '/x', pingTimeout: 1 })
app.register(dropIn, { pingTimeout: '1' }) // wrong: TS2769
app.register(plugin, { io: { connectTimeout: 1 } })
app.register(plugin, { io: { connectTimeout: '1' } }) // wrong: TS2769
app.io.of('/chat').on('connection', (socket) => {
  socket.on('chat', (text, ack) => ack(text))
  app.socketio.sessionOf(socket)?.context
  app.socketio.sessionOf(socket).context // wrong: TS2532
})
app.io.nonsense // wrong: TS2339
`

const WITHOUT = `
export { dropIn }
app.register(plugin, { io: {} }) // wrong: TS2769
app.io.on('connection', () => {}) // wrong: TS2339
export const hint: never = app.io['npm install socket.io']
`

const TYPED = `
import Fastify from 'fastify'
import plugin from 'fastify-socketio-transports'
import { Server } from 'socket.io'
interface Hears { chat: (text: string) => void }
interface Says { news: (id: number) => void }
declare module 'fastify-socketio-transports' {
  interface SocketioTypes { context: { user: string }, server: Server<Hears, Says> }
}
const app = Fastify()
app.register(plugin, { io: new Server<Hears, Says>(), authorize: (request) => request.query.token === 'secret' && { user: 'ada' } })
app.register(plugin, { authorize: () => ({ user: 1 }) }) // wrong: TS2769
app.io.on('connection', (socket) => {
  app.socketio.sessionOf(socket)?.context.user.length
  app.socketio.sessionOf(socket)?.context.name // wrong: TS2339
  socket.emit('news', 1)
  socket.emit('news', 'one') // wrong: TS2345
})
`

const BOTH = `
import Fastify from 'fastify'
import plugin from 'fastify-socketio-transports'
import dropIn from 'fastify-socketio-transports/fastify-socket.io'
import type { Server } from 'socket.io'
interface Hears { chat: (text: string) => void }
interface Says { news: (id: number) => void }
declare module 'fastify' {
  interface FastifyInstance { io: Server<Hears, Says> }
}
const app = Fastify()
app.register(dropIn, { cors: { origin: 'https://app.example' } })
app.io.on('connection', (socket) => {
  socket.emit('news', 1)
  socket.emit('news', 'one') // wrong: TS2345
})
app.register(plugin, { path: '/y', io: {} })
app.io.on('connection', (socket) => app.socketio.sessionOf(socket)?.id)
`

/** The folder without socket.io, and the one with it. */
const [without, withServer] = await Promise.all([
  installPacked(t, ['fastify', '@types/node']),
  installPacked(t, ['fastify', '@types/node', 'socket.io'])
])

const REQUIRED = {
  'required.cts': `
import Fastify = require('fastify')
import transports = require('fastify-socketio-transports')
const plugin = transports.socketioTransports
const app = Fastify.fastify()
${BODY}`,
  'required.cjs': `
const { fastify } = require('fastify')
const { default: plugin } = require('fastify-socketio-transports')
const app = fastify()
${BODY}`
}

for (const { name, required, options } of MODES) {
  const plain = (rest: string) => ({ 'app.mts': IMPORTED + BODY + rest, ...(required && REQUIRED) })
  t.test(`${name}: without socket.io`, async (t) => t.same(await compile(without, plain(WITHOUT), options), []))
  t.test(`${name}: with socket.io`, async (t) => t.same(await compile(withServer, plain(WITH), options), []))
}

// The resolution of modules makes no difference for declarations that are merged. The types of libraries have been checked above.
const NODE_NEXT = { ...MODES[0].options, skipLibCheck: true }
t.test('an application types context and Server', async (t) => t.same(await compile(withServer, { 'typed.mts': TYPED }, NODE_NEXT), []))
t.test('an application declares app.io itself, and imports both entries', async (t) => t.same(await compile(withServer, { 'both.mts': BOTH }, NODE_NEXT), []))

t.test('the examples of the README are strict TypeScript as they are, if the context has a type', async (t) => {
  const context = "\ndeclare module 'fastify-socketio-transports' { interface SocketioTypes { context: { user: string } } }\n"
  const [quickStart, packets] = await Promise.all(['quick-start', 'packets'].map((name) => readFile(join(import.meta.dirname, `../examples/${name}.js`), 'utf8')))
  t.same(await compile(withServer, { 'quick-start.mts': `${quickStart}`, 'packets.mts': packets + context }, NODE_NEXT), [])
})

t.test('without socket.io, only the package itself has these types, and no values', async (t) => {
  t.same(await compile(without, {
    'imports.mts': `
import 'fastify-socketio-transports'
import { Server } from 'socket.io' // wrong: TS1484
import { io } from 'socket.io-client' // wrong: TS2307
new Server() // wrong: TS2693
export { io }
`
  }, NODE_NEXT), [])
})
