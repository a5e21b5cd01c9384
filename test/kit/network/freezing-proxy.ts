// A TCP proxy in front of one port that can stop passing bytes, as a network that is split: connections stay open, and nothing arrives.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Teardown } from '../teardown.js'

export interface FreezingProxy {
  readonly port: number
  freeze (): void
  thaw (): void
}

export async function freezingProxy (t: Teardown, target: number): Promise<FreezingProxy> {
  const sockets = new Set<Socket>()
  let isFrozen = false
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (chunk) => to.write(chunk))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      if (!isFrozen) to.destroy()
    })
    if (isFrozen) from.pause()
  }
  const server = createServer((client) => {
    const there = connect(target, '127.0.0.1')
    join(client, there)
    join(there, client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    freeze () {
      isFrozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw () {
      isFrozen = false
      for (const socket of sockets) socket.resume()
    }
  }
}
