// The network between a client and a server: it can be cut while both live, and mended, to another server too.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Teardown } from '../kit/teardown.js'

export interface Wire {
  /** Where the client finds the server. */
  url: string
  /** Breaks every connection; new ones are broken at once. */
  cut (): void
  /** New connections reach this port. */
  mend (port: number): void
}

export async function wireTo (t: Teardown, port: number): Promise<Wire> {
  let target: number | undefined = port
  const ends = new Set<Socket>()

  function hold (socket: Socket): Socket {
    ends.add(socket)
    socket.on('error', () => {})
    return socket.once('close', () => ends.delete(socket))
  }

  const server = createServer((near) => {
    hold(near)
    if (target === undefined) {
      near.destroy()
      return
    }
    const far = hold(connect(target, '127.0.0.1'))
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  function cut (): void {
    target = undefined
    for (const socket of ends) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: (port) => { target = port }
  }
}
