// What a session keeps of the connection that its handshake came by. It has the request, and that has the connection: even when it has
// long been closed, and the session has a WebSocket on another one.
import type { Socket as TcpSocket } from 'node:net'
import type { Engine } from '../../engine/engine.js'
import type { Session } from '../../session/session.js'

/** A browser's connection brings few sessions. Those of proxies bring very many, and last. */
const MAX_TRACKED = 16

/** The sessions that a connection has brought, and that have moved. */
const sessionsOf = new WeakMap<TcpSocket, string[]>()

const isEncrypted = (socket: unknown): boolean => Object(socket).encrypted === true

/** Takes the connection of the session's WebSocket instead; `handshake.secure` stays what it is. */
function adoptConnection ({ request, transport }: Pick<Session, 'request' | 'transport'>): void {
  const { socket, complete } = request
  const { connection } = transport
  if (!complete) return
  if (connection !== undefined && isEncrypted(connection) === isEncrypted(socket)) Object.assign(request, { socket: connection, client: connection }) // the old name of it
}

/** Has a session that gets a WebSocket let go of its handshake's connection, as soon as that is closed. */
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
