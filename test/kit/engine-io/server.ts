// An app that listens, with sessions of Engine.IO seen from both ends.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { EndReason } from '../../../types/reasons.js'
import type { Socket } from '../../../types/socket.js'
import type { Teardown } from '../teardown.js'
import { EngineClient } from './client.js'
import type { Way } from './client.js'
import type { Eio, Message } from './payload.js'

/** A session, seen from both ends. */
export interface EngineSession {
  app: FastifyInstance
  client: EngineClient
  socket: Socket
  /** The messages that have come, in order. */
  heard: Message[]
  /** How it ended: engine.io's word, the exact one, and what went wrong. */
  closed: { count: number, reason?: string, end?: EndReason, cause?: Error | undefined }
}

export interface EngineServer {
  app: FastifyInstance
  port: number
  client (eio: Eio, way: Way): EngineClient
  /** A client that has read its open packet. */
  connect (eio: Eio, way: Way): Promise<EngineSession>
}

/** An app with the transports of Engine.IO, on a port of its own. Somebody listens to messages, so that nothing of Socket.IO is said. */
export async function serveEngine (t: Teardown, options: SocketioTransportsOptions = {}): Promise<EngineServer> {
  const app = Fastify({ forceCloseConnections: true }) as FastifyInstance
  const clients: EngineClient[] = []
  const sessions = new Map<string, Omit<EngineSession, 'app' | 'client'>>()
  t.teardown(async () => {
    for (const client of clients) client.close()
    await app.close()
  })
  await app.register(socketioTransports, { transports: ['polling', 'websocket'], ...options })
  app.socketio.on('connection', (socket) => {
    const session: Omit<EngineSession, 'app' | 'client'> = { socket, heard: [], closed: { count: 0 } }
    sessions.set(socket.id, session)
    socket.on('data', (data) => session.heard.push(data))
    socket.on('close', (reason, { reason: end, cause }) => Object.assign(session.closed, { count: session.closed.count + 1, reason, end, cause }))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  function client (eio: Eio, way: Way): EngineClient {
    const made = new EngineClient(port, eio, way)
    clients.push(made)
    return made
  }

  async function connect (eio: Eio, way: Way): Promise<EngineSession> {
    const made = client(eio, way)
    await made.open()
    const session = sessions.get(made.sid)
    if (session === undefined) throw new Error(`no session ${made.sid}`)
    return { app, client: made, ...session }
  }

  return { app, port, client, connect }
}
