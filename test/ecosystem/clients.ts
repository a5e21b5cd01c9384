// The real clients of the oldest and the newest generation, and what they hear, whenever it comes.
import { createRequire } from 'node:module'
import { io as connect4 } from 'socket.io-client'
import type { ManagerOptions, Socket as Socket4, SocketOptions } from 'socket.io-client'
import type { Teardown } from '../kit/teardown.js'

export type { Socket4 }
export type Listener = (...args: unknown[]) => void

/** What the clients of all generations have in common. */
export interface Peer {
  on (event: string, listener: Listener): unknown
  emit (event: string, ...args: unknown[]): unknown
}

/** The old client's socket, as far as it is used here. */
export interface Socket09 extends Peer {
  send (data: string): unknown
  readonly json: { send (data: unknown): unknown }
  readonly socket: { readonly sessionid: string, disconnect (): void }
}

interface Client09 {
  transports: string[]
  connect (url: string, options: object): Socket09
}

const client09 = createRequire(import.meta.url)('socket.io-client-0.9') as Client09

/** The next event of a name, arguments only; none is missed from now on. */
export function hear (peer: Peer, event: string): () => Promise<unknown[]> {
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
export const ask = (peer: Peer, event: string, ...args: unknown[]): Promise<unknown[]> =>
  new Promise((resolve) => peer.emit(event, ...args, (...answer: unknown[]) => resolve(answer)))

/** A 0.9 client that has connected. */
export async function join09 (t: Teardown, url: string, transport: 'websocket' | 'xhr-polling' = 'websocket'): Promise<Socket09> {
  client09.transports = [transport]
  const socket = client09.connect(url, { 'force new connection': true, reconnect: false })
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
