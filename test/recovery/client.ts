// A 4.x client on two namespaces, which notes the numbers that it hears (`node-process.ts`).
import { Manager } from 'socket.io-client'
import type { ManagerOptions, Socket } from 'socket.io-client'
import { ask, hear } from '../kit/official-clients.js'
import type { Teardown } from '../kit/teardown.js'

export interface Client {
  readonly sockets: readonly [Socket, Socket]
  /** What it has heard on each namespace, in this order: the name of the node and the number, `end` when a node has said so. */
  readonly heard: Readonly<Record<'/' | '/chat', string[]>>
  /** It connects to another node from now on, as if a balancer sent it there. */
  moveTo (url: string): void
}

function note (socket: Socket, heard: string[]): string[] {
  socket.on('n', (node, n, bytes) => {
    if (n % 5 === 0 && !Buffer.from(String(n)).equals(bytes)) heard.push(`wrong bytes: ${n}`)
    heard.push(`${node} ${n}`)
  })
  socket.on('end', () => { heard.push('end') })
  return heard
}

export async function joinNode (t: Teardown, url: string, options: Partial<ManagerOptions>, rooms: readonly string[]): Promise<Client> {
  const manager = new Manager(url, { reconnectionDelay: 20, reconnectionDelayMax: 200, ...options })
  const sockets = [manager.socket('/'), manager.socket('/chat')] as const
  t.teardown(() => { for (const socket of sockets) socket.disconnect() })
  const heard = { '/': note(sockets[0], []), '/chat': note(sockets[1], []) }
  await Promise.all(sockets.map((socket) => hear(socket, 'welcome')()))
  for (const socket of sockets) await ask(socket, 'join', rooms)
  return { sockets, heard, moveTo (to) { Object.assign(manager, { uri: to }) } }
}
