// A GET whose answer nobody reads, so that it fills the buffers of the system. For answers that are read take `connection.ts`.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Teardown } from '../teardown.js'
import { head } from './http.js'

/** Its connection, which ends with the test: what comes is read by 'data' and `resume`. */
export function unreadGet (t: Teardown, url: string, ...lines: string[]): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  socket.write(head('GET', url, ...lines))
  return socket
}

/** Resolves when a connection is over. Not by `once`: it rejects on an error, and newer versions of Node report a reset behind unread data as one. */
export const over = (socket: Socket): Promise<void> => new Promise((resolve) => { socket.once('close', () => resolve()) })

/** An unread GET, once the first bytes of the answer have come. */
export async function beganGet (t: Teardown, url: string): Promise<Socket> {
  const socket = unreadGet(t, url)
  await once(socket, 'readable')
  return socket
}
