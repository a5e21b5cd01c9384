// Apps of other people: a neighbour (a plugin, a setting, a server) beside the plugin with its default options, and the real clients of every generation.
import process from 'node:process'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { Socket } from 'socket.io'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import { ask, connectOfficial } from '../../kit/official-clients.js'
import type { Generation, Peer } from '../../kit/official-clients.js'
import { captureLog } from '../../kit/servers/app.js'
import type { LogLine } from '../../kit/servers/app.js'
import { inTime, until } from '../../kit/waiting.js'

/** The app while clients are connected. */
export interface Running {
  readonly t: Test
  readonly app: FastifyInstance
  /** Where it listens, without a slash at the end. */
  readonly url: string
}

/** Whether the neighbour is registered before the plugin, or after it. */
type Order = 'before' | 'after'

export const BOTH: readonly Order[] = ['before', 'after']
/** For neighbours that are no plugins, or must come first. */
export const ONCE: readonly Order[] = ['before']

export interface Host {
  readonly name: string
  /** Options of `Fastify`. */
  readonly server?: object
  /** Registers the neighbour as its own documents say. */
  readonly register?: (app: FastifyInstance, t: Test) => unknown
  /** Both by default. */
  readonly orders?: readonly Order[]
  /** Options of the plugin, where a neighbour needs one. */
  readonly options?: (app: FastifyInstance) => SocketioTransportsOptions
  /** Options of the clients. */
  readonly client?: (generation: Generation) => object
  /** The routes of the app. */
  readonly routes?: (app: FastifyInstance) => unknown
  /** Asserts that the neighbour does its work; clients are connected. */
  readonly check: (running: Running) => unknown
  /** Asserts about what is left when all clients have gone. */
  readonly after?: (running: Running) => unknown
  /** Whether `check` has caused this line of the log. */
  readonly expects?: (line: LogLine) => boolean
}

/** A generation, and its transports; two of them: the client upgrades. */
type Way = readonly [Generation, ...string[]]

const WAYS: readonly Way[] = [
  [4, 'polling'], [4, 'websocket'], [4, 'polling', 'websocket'], [3, 'polling', 'websocket'], [2, 'polling', 'websocket'], [1, 'polling'], [0.9, 'websocket'], [0.9, 'xhr-polling']
]

/** These are connected when the app closes. */
const LAST: readonly Way[] = [[4, 'polling'], [4, 'websocket'], [0.9, 'websocket'], [0.9, 'xhr-polling']]

/** A client that is connected. */
interface Client { readonly peer: Peer, readonly way: Way }

const nameOf = ([generation, ...transports]: Way): string => `client ${generation} by ${transports.join(' and ')}`

type Ack = (...args: unknown[]) => void

function answer (socket: Socket): void {
  const { conn } = socket
  socket.on('echo', (data: unknown, ack: Ack) => ack(data))
  socket.on('moved to', (transport: string, ack: Ack) => {
    if (conn.transport.name === transport) ack()
    else conn.once('upgrade', () => ack())
  })
}

/** Connects a client, and waits until it has its last transport. */
async function connect ({ t, url }: Running, way: Way, { client }: Host): Promise<Client> {
  const [generation, ...transports] = way
  const peer = connectOfficial(generation, url, transports, client?.(generation))
  if (generation !== 0.9) t.teardown(() => peer.disconnect()) // the old client throws, unless it has connected
  const failed = new Promise<never>((_resolve, reject) => {
    for (const event of ['connect_error', 'connect_failed', 'error']) peer.on(event, (error) => reject(new Error(`${nameOf(way)}: ${String(error)}`)))
  })
  await inTime(Promise.race([ask(peer, 'moved to', transports.at(-1)), failed]), `connection of ${nameOf(way)}`)
  return { peer, way }
}

/** Asserts that text and, since 1.0, bytes come back. */
async function exchange (t: Test, { peer, way }: Client): Promise<void> {
  const [generation] = way
  const text = `é 漢 😀 of ${nameOf(way)}`
  t.strictSame(await inTime(ask(peer, 'echo', text), `echo for ${nameOf(way)}`), [text], nameOf(way))
  if (generation === 0.9) return
  const bytes = Buffer.of(0, 128, 255)
  const [back] = await inTime(ask(peer, 'echo', bytes), `bytes for ${nameOf(way)}`)
  t.ok(bytes.equals(Buffer.from(back as Buffer)), `${nameOf(way)}, bytes`)
}

const connectAll = (running: Running, ways: readonly Way[], host: Host) => Promise.all(ways.map((way) => connect(running, way, host)))
const exchangeAll = (t: Test, clients: readonly Client[]) => Promise.all(clients.map((client) => exchange(t, client)))

/** The app of a host, with the plugin in it. */
async function appOf ({ server, register, options, routes }: Host, order: Order, t: Test) {
  const { logger, lines } = captureLog('info')
  const app = Fastify({ ...server, logger }) as FastifyInstance
  t.teardown(() => app.close())
  if (order === 'before') await register?.(app, t)
  await app.register(socketioTransports, { io: {}, ...options?.(app) })
  if (order === 'after') await register?.(app, t)
  await routes?.(app)
  app.io.on('connection', answer)
  return { app, lines }
}

async function play (t: Test, host: Host, order: Order): Promise<void> {
  const { app, lines } = await appOf(host, order, t)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const running = { t, app, url }

  const clients = await connectAll(running, WAYS, host)
  await exchangeAll(t, clients)
  await host.check(running)
  await exchangeAll(t, clients)
  for (const { peer } of clients) peer.disconnect()
  await until(() => app.socketio.sessions.size === 0)
  await host.after?.(running)

  const last = await connectAll(running, LAST, host)
  const gone = last.map(({ peer }) => new Promise<void>((resolve) => { peer.on('disconnect', () => resolve()) }))
  await inTime(app.close(), 'end of app.close()')
  await inTime(Promise.all(gone), 'disconnect')
  t.equal(app.socketio.sessions.size, 0, 'no session is left')
  t.strictSame(lines.filter((line) => line.level >= 40 && host.expects?.(line) !== true), [], 'the log has nothing at warn or above')
}

/** Tests an app with each of these neighbours, registered before the plugin and after it. */
export function testHosts (hosts: readonly Host[]): void {
  const failures: unknown[] = []
  process.on('unhandledRejection', (error) => failures.push(error))
  for (const host of hosts) {
    for (const order of host.orders ?? BOTH) {
      const place = host.orders === ONCE ? '' : `, registered ${order} the plugin`
      t.test(host.name + place, async (t) => {
        await play(t, host, order)
        t.strictSame(failures.splice(0), [], 'no rejection is unhandled')
      })
    }
  }
}
