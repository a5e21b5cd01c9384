// Private part of socket.io: what a Socket of the Server has for the recovery of its session.
// What: `socket.pid`, the secret id by which its client asks for the session; `client.writeToEngine`, by which adapters write to it. Seen in socket.io 4.6 to
//   4.8.
// When it is gone: without `pid`, sessions are not saved while they live, and a warning says so once; the adapter saves them at their end. `writeToEngine` is not
//   gone before the adapter itself has to change.
import type { Server } from 'socket.io'
import type { Receiver } from './stream-adapter.js'

/** A Socket of the Server, as far as it is used here. */
export interface ServerSocket extends Receiver {
  readonly data: unknown
  /** Whether its session has been restored. */
  readonly recovered: boolean
  readonly conn: { readonly protocol: number, close (): unknown }
  disconnect (): unknown
}

/** A namespace of the Server, as far as it is used here. */
export interface ServerNamespace {
  readonly name: string
  readonly server: Server
  readonly sockets: ReadonlyMap<string, ServerSocket>
  on (event: 'connect', listener: (socket: ServerSocket) => void): unknown
}

/** Whether the client of a socket is one that can recover: Engine.IO 3 and revision 1 have no way to ask for a session. */
export const canRecover = (socket: ServerSocket): boolean => socket.conn.protocol > 3

/** Returns the secret id of a session; undefined if this version of socket.io does not tell it. */
export function pidOf (socket: object): string | undefined {
  const { pid }: { pid?: unknown } = socket
  return typeof pid === 'string' ? pid : undefined
}
