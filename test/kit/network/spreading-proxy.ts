// A proxy in front of several servers that sends each request to the next one, whatever session it has: no stickiness at all.
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createProxy } from '../../../examples/cluster/proxy.js'
import type { Teardown } from '../teardown.js'

export interface SpreadingProxy {
  readonly url: string
  /** Ports of the servers behind it. Change it to take a server out. */
  ports: number[]
  /** URLs of the requests and WebSockets that are open at a server now. */
  openAt (port: number): string[]
  close (): Promise<void>
}

export async function spreadingProxy (t: Teardown, ports: readonly number[], port = 0): Promise<SpreadingProxy> {
  const sockets = new Set<Socket>()
  const open = new Map<object, { port: number, url: string }>()
  let turn = 0
  const server = createProxy(({ url = '' }, answer) => {
    const port = proxy.ports[turn++ % proxy.ports.length] ?? 0
    open.set(answer, { port, url })
    answer.once('close', () => open.delete(answer))
    return port
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const proxy: SpreadingProxy = {
    url: '',
    ports: [...ports],
    openAt: (wanted) => [...open.values()].flatMap(({ port, url }) => port === wanted ? [url] : []),
    async close () {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => { server.close(resolve) })
    }
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => proxy.close())
  return Object.assign(proxy, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}
