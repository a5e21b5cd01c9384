// socket.io 0.9.19, in this process. It answers each message with `got MESSAGE`.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { Teardown } from '../teardown.js'

interface OldSocket {
  on (event: 'message', listener: (text: string) => void): void
  send (text: string): void
}

interface OldServer { sockets: { on (event: 'connection', listener: (socket: OldSocket) => void): void } }

/** Starts the old server. Returns its port. */
export async function oldServer (t: Teardown): Promise<number> {
  const server = createServer()
  const { listen } = createRequire(import.meta.url)('socket.io-09') as { listen (server: Server, options: object): OldServer }
  listen(server, { log: false, 'client store expiration': 1, 'close timeout': 1, heartbeats: false })
    .sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(`got ${text}`)))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
