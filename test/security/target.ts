// The server under attack, in a process of its own, so that what kills a process kills this one, and its memory is all its own. Its
// arguments: the face, and options of the plugin as JSON. It echoes messages, and tells its parent its port, then its state when asked.
// What the parent sends otherwise does the damage that an attack might, to try out whoever looks for it.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GCProfiler } from 'node:v8'
import Fastify from 'fastify'
import type { FastifyRequest } from 'fastify'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { ALL } from '../kit/revision-1/client.js'
import { stopwatch } from '../kit/stopwatch.js'
import type { State } from './withstands.js'
import { turn } from '../kit/waiting.js'

const [face, options] = process.argv.slice(2) as [string, string]

/** Error lines: what a peer does is never a fault of ours. */
const faults: string[] = []
const stream = { write: (line: string) => { faults.push(line) } }
/** On a busy machine an attack takes longer than a client may be silent, and than a connection may be idle: neither is looked for here; ms. */
const PATIENCE = 600_000
const app = Fastify({ logger: { level: 'error', stream }, keepAliveTimeout: PATIENCE })
/** `?as=nobody` is not let in; with `late`, that is said after a while, and with `slow`, others wait as long. */
async function authorize ({ query }: FastifyRequest): Promise<boolean> {
  const { as } = query as { as?: string }
  if (as === 'late' || as === 'slow') await pause(50)
  return as !== 'nobody' && as !== 'late'
}
await app.register(socketioTransports, {
  authorize,
  transports: ['polling', ...ALL],
  pingInterval: PATIENCE,
  pingTimeout: PATIENCE,
  heartbeatInterval: PATIENCE,
  ...JSON.parse(options) as SocketioTransportsOptions,
  ...(face === 'server' && { io: {} })
})

/** Whoever may not; it tells whoever it lets in. */
const GUARDED = '/admin'
/** Echoes too. */
const CHAT = '/chat'

if (face === 'server') {
  app.io.on('connection', (socket) => socket.on('message', (data: unknown, ack: unknown) => typeof ack === 'function' ? ack(data) : socket.send(data)))
  app.io.of(CHAT).on('connection', (socket) => socket.on('message', (data: unknown) => socket.send(data)))
  app.io.of(GUARDED).use((_socket, next) => next(new Error('not for you'))).on('connection', (socket) => socket.send('secret'))
} else {
  app.socketio.on('connection', (socket) => socket.on('packet', (packet) => {
    const { endpoint } = packet
    if (packet.type === 'connect' && endpoint === CHAT) socket.send({ type: 'connect', endpoint })
    if (packet.type === 'connect' && endpoint === GUARDED) socket.send({ type: 'error', endpoint, reason: 'unauthorized' })
    if (endpoint === GUARDED) return
    if (packet.type === 'message') socket.send({ type: 'message', endpoint, data: packet.data })
    if (packet.type === 'json') socket.send({ type: 'json', endpoint, data: packet.data })
    if ('ack' in packet && packet.ack === 'data' && packet.id !== undefined) socket.send({ type: 'ack', endpoint, id: packet.id })
  }))
}
app.get('/', () => 'hello')

const memory = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Notes how much there is whenever garbage is collected, which is when there is most. */
let profiler = new GCProfiler()
profiler.start()

function peak (): number {
  const { statistics } = profiler.stop()
  profiler = new GCProfiler()
  profiler.start()
  return Math.max(memory(), ...statistics.map(({ beforeGC: { heapStatistics } }) => heapStatistics.usedHeapSize + heapStatistics.externalMemory))
}

function cpuTime (): number {
  const { user, system } = process.cpuUsage() // microseconds
  return (user + system) / 1000
}

/** CPU time that looking took, ms. */
let collecting = 0

async function state (): Promise<State> {
  const connections = await promisify(app.server.getConnections.bind(app.server))()
  const cpu = cpuTime() - collecting
  const most = peak()
  global.gc?.()
  await turn() // buffers are freed beside the thread
  global.gc?.()
  collecting += cpuTime() - cpu - collecting
  const { sessions: { size: sessions }, metrics: { ended, queuedBytes: queued } } = app.socketio
  return { held: memory(), peak: most, resident: process.memoryUsage.rss(), cpu, sessions, connections, ended, queued, faults: faults.splice(0) }
}

const hoard: unknown[] = []
const damage = {
  crash: () => setImmediate(() => { throw new Error('crash') }),
  reject: () => { Promise.reject(new Error('reject')) },
  hoard: () => { hoard.push(Array.from({ length: 1e6 }, Math.random)) },
  spend: () => { Buffer.alloc(100e6, 1) },
  stall: () => { for (const end = cpuTime() + 6000; cpuTime() < end;); },
  fault: () => app.log.error('fault'),
  still: () => { Math.random = () => 0.5 }
}

async function close (): Promise<number> {
  const passed = stopwatch()
  await app.close()
  return passed()
}

process.on('message', (asked: 'state' | 'close' | keyof typeof damage) => {
  if (asked === 'state' || asked === 'close') (asked === 'state' ? state() : close()).then((told) => process.send?.(told))
  else damage[asked]()
})
process.once('disconnect', () => process.exit(0))
await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.({ port: (app.server.address() as AddressInfo).port, dialects: ['revision 1', 'engine 3', 'engine 4'] })
