// The published clients of every generation, in this process, and what they hear, whenever it comes. For a client that a test leads step by
// step take `revision-1/client.ts` or `engine-io/client.ts`.
import { createRequire } from 'node:module'
import { io as connect4 } from 'socket.io-client'
import type { ManagerOptions, Socket as Socket4, SocketOptions } from 'socket.io-client'
import type { Teardown } from './teardown.js'

export type { Socket4 }

const require = createRequire(import.meta.url)

/** What carries each generation's client. */
export const PACKAGES = {
  0.9: 'socket.io-client-0.9', 1: 'socket.io-client-1', 2: 'socket.io-client-2', 3: 'socket.io-client-3', 4: 'socket.io-client'
} as const
/** The first numbers of a client's version. */
export type Generation = keyof typeof PACKAGES
export const GENERATIONS = [0.9, 1, 2, 3, 4] as const

/** Arguments of events, which each program knows. */
export type Listener = (...args: unknown[]) => void

/** What the clients of all generations have in common. */
export interface Peer {
  on (event: string, listener: Listener): unknown
  emit (event: string, ...args: unknown[]): unknown
  disconnect (): unknown
}

/** The old client's socket, as far as it is used here. */
export interface Socket09 extends Peer {
  once (event: string, listener: Listener): unknown
  send (data: string): unknown
  of (endpoint: string): Socket09
  readonly json: { send (data: unknown): unknown }
  readonly socket: { readonly sessionid: string, readonly connected: boolean, readonly reconnecting: boolean, of (endpoint: string): Socket09, disconnect (): void }
}

/** Its list of transports is global: it counts when `connect` is called. */
interface Client09 {
  transports: string[]
  connect (url: string, options?: object): Socket09
}

/** The old client itself. */
export const client09 = require('socket.io-client-0.9') as Client09

/** The old client by one transport, which is no polling of Engine.IO; it does not reconnect, unless the options say so. */
export function connect09 (url: string, transport: string, options: object = {}): Socket09 {
  client09.transports = [transport === 'polling' ? 'xhr-polling' : transport]
  return client09.connect(url, { 'force new connection': true, reconnect: false, ...options })
}

/**
 * The client itself. 1.x takes a global WebSocket if there is one when it is loaded, which Node has had since 22. With that of Node 22, a refused upgrade makes it
 * close itself until its stack is full, which ends the process (docs/runtimes.md). So it is loaded without, and takes ws.
 */
export function loadOfficial (generation: Generation): (url: string, options: object) => Peer {
  const global = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  if (generation !== 1 || global === undefined) return require(PACKAGES[generation]) as ReturnType<typeof loadOfficial>
  Reflect.deleteProperty(globalThis, 'WebSocket')
  try {
    return require(PACKAGES[generation]) as ReturnType<typeof loadOfficial>
  } finally {
    Object.defineProperty(globalThis, 'WebSocket', global)
  }
}

/** A client with these transports; two of them: it upgrades, but for the old one, which has the first alone. Options are those of its generation. */
export function connectOfficial (generation: Generation, url: string, transports: readonly string[], options: object = {}): Peer {
  if (generation === 0.9) return connect09(url, transports[0] ?? 'websocket', options)
  return loadOfficial(generation)(url, { forceNew: true, reconnection: false, transports, ...options })
}

/** The arguments of the next event of a name. */
export const next = (emitter: { once (event: string, listener: Listener): unknown }, event: string): Promise<unknown[]> =>
  new Promise((resolve) => emitter.once(event, (...args) => resolve(args)))

/** The next event of a name each time, arguments only; none is missed from now on. */
export function hear (peer: Pick<Peer, 'on'>, event: string): () => Promise<unknown[]> {
  const heard: unknown[][] = []
  const waiting: ((args: unknown[]) => void)[] = []
  peer.on(event, (...args) => {
    const first = waiting.shift()
    if (first === undefined) heard.push(args)
    else first(args)
  })
  return () => {
    const first = heard.shift()
    return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first)
  }
}

/** The arguments of the acknowledgement. */
export const ask = (peer: Pick<Peer, 'emit'>, event: string, ...args: unknown[]): Promise<unknown[]> =>
  new Promise((resolve) => peer.emit(event, ...args, (...answer: unknown[]) => resolve(answer)))

/** A 0.9 client that has connected. */
export async function join09 (t: Teardown, url: string, transport: 'websocket' | 'xhr-polling' = 'websocket'): Promise<Socket09> {
  const socket = connect09(url, transport)
  t.teardown(() => socket.socket.disconnect())
  const failed = new Promise<never>((_resolve, reject) => socket.on('error', (reason) => reject(new Error(String(reason)))))
  await Promise.race([hear(socket, 'connect')(), failed])
  return socket
}

type Options4 = Partial<ManagerOptions & SocketOptions>

/** A 4.x client that has connected. `prepare` sees it before that. */
export async function join4 (t: Teardown, url: string, options: Options4 = {}, prepare: (socket: Socket4) => void = () => {}): Promise<Socket4> {
  const socket = connect4(url, { forceNew: true, reconnection: false, transports: ['websocket'], ...options })
  t.teardown(() => socket.disconnect())
  prepare(socket)
  const failed = new Promise<never>((_resolve, reject) => socket.once('connect_error', reject))
  await Promise.race([hear(socket, 'connect')(), failed])
  return socket
}
