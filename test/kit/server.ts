// What the tests of transports share: an app that listens, sessions with a client at the other end, a clock to turn.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { Packet } from '../../types/packet.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import type { Socket } from '../../types/socket.js'
import { Client, fetchText } from './client.js'
import { Clock as Stopped } from './clock.js'
import { until } from './progress.js'

export { until } from './progress.js'

/** tap's `t`, as far as it is needed here. */
export interface Teardown { teardown (fn: () => unknown): unknown }

export const ALL: readonly Revision1Transport[] = ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']

/** A session, seen from both ends. */
export interface Session {
  client: Client
  socket: Socket
  /** What the application was told, in order. */
  packets: Packet[]
  closed: { count: number, reason?: string }
}

export interface TestServer {
  app: FastifyInstance
  port: number
  handshake (): Promise<string>
  /** A client that has handshaken, and nothing more. */
  client (name: Revision1Transport, sid?: string): Promise<Client>
  /** A client that has read its `1::`. */
  connect (name: Revision1Transport): Promise<Session>
  socketOf (sid: string): Socket
  /** Every client made so far. */
  clients (): readonly Client[]
}

export function watch (socket: Socket): Pick<Session, 'packets' | 'closed'> {
  const packets: Packet[] = []
  const closed: Session['closed'] = { count: 0 }
  socket.on('packet', (packet) => packets.push(packet))
  socket.on('close', (reason) => {
    closed.count++
    closed.reason = reason
  })
  return { packets, closed }
}

/** An app with every transport, on a port of its own. */
export async function serve (t: Teardown, options: SocketioTransportsOptions = {}, server: FastifyServerOptions = { forceCloseConnections: true }): Promise<TestServer> {
  const app = Fastify(server) as FastifyInstance
  const clients: Client[] = []
  t.teardown(async () => {
    for (const client of clients) client.close()
    await app.close()
  })
  await app.register(socketioTransports, { transports: ALL, ...options })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  async function handshake (): Promise<string> {
    const { body } = await fetchText(`http://127.0.0.1:${port}/socket.io/1/`)
    return body.slice(0, body.indexOf(':'))
  }

  async function client (name: Revision1Transport, sid?: string): Promise<Client> {
    const made = new Client(port, name, sid ?? await handshake())
    clients.push(made)
    return made
  }

  function socketOf (sid: string): Socket {
    const socket = app.socketio.sessions.get(sid)
    if (socket === undefined) throw new Error(`no session ${sid}`)
    return socket
  }

  async function connect (name: Revision1Transport): Promise<Session> {
    const made = await client(name)
    const first = await made.next()
    if (first !== '1::') throw new Error(`the first packet is ${first}`)
    const socket = socketOf(made.sid)
    return { client: made, socket, ...watch(socket) }
  }

  return { app, port, handshake, client, connect, socketOf, clients: () => clients }
}

/** Opens whatever the transport holds open, and waits until the server knows. */
export async function park ({ client, socket }: Session): Promise<void> {
  if (socket.transport.writable) return
  client.hold()
  await until(() => socket.transport.writable)
}

export const nextPacket = async (socket: Socket): Promise<Packet> => {
  const [packet] = await once(socket, 'packet') as [Packet]
  return packet
}

export interface Clock {
  (ms: number): void
  /** How many intervals there are. */
  running (): number
}

/** Stops the intervals of what is made from now on; they run by `tick(ms)` alone. */
export function clock (t: Teardown): Clock {
  const stopped = new Stopped()
  t.teardown(() => stopped.restore())
  return Object.assign((ms: number) => stopped.tick(ms), { running: () => stopped.intervals })
}
