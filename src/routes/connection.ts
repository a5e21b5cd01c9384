// What a session keeps of the connection that its handshake came by. It has the request, and that has the connection: even when it has
// long been closed, and the session has a WebSocket on another one.
import type { Socket as TcpSocket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Engine } from '../engine.js'
import type { Socket } from '../socket.js'
import { WebSocketTransport } from '../transports/websocket.js'

/** A browser's connection brings few sessions. Those of proxies bring very many, and last. */
const MOST = 16

/** The sessions that a connection has brought. */
const brought = new WeakMap<TcpSocket, string[]>()

const isEncrypted = (socket: unknown): boolean => (socket as { encrypted?: boolean }).encrypted === true

/** Lets go of a connection that has been closed, for the one that carries the session's WebSocket; `handshake.secure` stays what it is. */
export function letGoOfClosed ({ request, transport }: Socket): void {
  const { socket, complete, httpVersionMajor } = request
  if (httpVersionMajor !== 1 || !socket.destroyed || !complete || !(transport instanceof WebSocketTransport)) return
  const { connection } = transport
  if (connection !== undefined && isEncrypted(connection) === isEncrypted(socket)) Object.assign(request, { socket: connection, client: connection }) // the old name of it
}

/** Has a session let go of its handshake's connection as soon as it is closed. */
export function letGoWhenClosed ({ sessions }: Engine, { id }: Socket, { raw: { socket, httpVersionMajor } }: FastifyRequest): void {
  if (httpVersionMajor !== 1) return
  const known = brought.get(socket)
  if (known !== undefined) {
    if (known.length < MOST) known.push(id)
    return
  }
  const ids = [id]
  brought.set(socket, ids)
  socket.once('close', () => {
    for (const session of ids.map((one) => sessions.get(one))) if (session !== undefined) letGoOfClosed(session)
  })
}
