// Releases the connection of a handshake. A session keeps the request of its handshake, and the request keeps its connection in memory: even when that
// connection has been closed, and the session uses a WebSocket on another one.
import type { Socket as TcpSocket } from 'node:net'
import type { Engine } from '../../engine/engine.js'
import type { Session } from '../../session/session.js'

/** How many sessions of one connection are tracked. A browser's connection has few handshakes. A proxy's has very many, but stays open. */
const MAX_TRACKED = 16

/** The ids of the sessions that began on a connection and have moved to a WebSocket. */
const sessionsOf = new WeakMap<TcpSocket, string[]>()

const isEncrypted = (socket: unknown): boolean => Object(socket).encrypted === true

/** Replaces the connection of the request by that of the session's WebSocket, unless this would change `handshake.secure`. */
function adoptConnection ({ request, transport }: Pick<Session, 'request' | 'transport'>): void {
  const { socket, complete } = request
  const { connection } = transport
  if (!complete) return
  // `client` is the old name of `socket`.
  if (connection !== undefined && isEncrypted(connection) === isEncrypted(socket)) Object.assign(request, { socket: connection, client: connection })
}

/** Makes a session that moves to a WebSocket release the connection of its handshake as soon as that connection has closed. */
export function adoptConnectionWhenClosed ({ sessions }: Engine, session: Session): void {
  const { id, request: { socket, httpVersionMajor } } = session
  if (httpVersionMajor !== 1) return
  if (socket.destroyed) return adoptConnection(session)
  const known = sessionsOf.get(socket)
  if (known !== undefined) {
    if (known.length < MAX_TRACKED) known.push(id)
    return
  }
  const ids = [id]
  sessionsOf.set(socket, ids)
  socket.once('close', () => {
    for (const one of ids.map((each) => sessions.get(each))) if (one !== undefined) adoptConnection(one)
  })
}
