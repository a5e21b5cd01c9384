// What apps are made of, and what is seen of them from within: the log, the Server's sockets, requests.
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyServerOptions, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Server, Socket } from 'socket.io'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { Teardown } from '../teardown.js'

/** An app that the test closes. */
export function newApp (t: Teardown, options: FastifyServerOptions = {}): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, ...options }) as FastifyInstance
  t.teardown(() => app.close())
  return app
}

/** An app with the plugin in it. */
export async function pluginApp (t: Teardown, options: SocketioTransportsOptions = {}, server: FastifyServerOptions = {}) {
  const app = newApp(t, server)
  await app.register(socketioTransports, options)
  return app
}

/** The same with the official Server on top. */
export const serverApp = (t: Teardown, options: SocketioTransportsOptions = {}) => pluginApp(t, { io: {}, ...options })

/** The Server's socket of a session on a namespace. */
export function socketOf (io: Server, sid: string, nsp = '/'): Socket {
  const socket = io.of(nsp).sockets.get(nsp === '/' ? sid : `${nsp}#${sid}`)
  if (socket === undefined) throw new Error(`the Server has no socket on ${nsp}`)
  return socket
}

export interface LogLine { level: number, msg: string, [key: string]: unknown }

/** A logger option, and the lines it writes. */
export function captureLog (level = 'debug') {
  const lines: LogLine[] = []
  const stream = { write: (line: string) => { lines.push(JSON.parse(line)) } }
  return { lines, logger: { level, stream } }
}

/** Where the app listens; it is told to if it does not yet. */
export async function portOf (app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

/** Counts the requests whose head the server has read, with what came in the same turn of the event loop, from now on. */
export function countRequests ({ server }: FastifyInstance): () => number {
  let count = 0
  server.on('request', () => setImmediate(() => count++))
  return () => count
}

/** A request by inject. */
export const inject = (app: FastifyInstance, url: string, headers: Record<string, string> = {}, options: InjectOptions = {}): Promise<LightMyRequestResponse> =>
  app.inject({ url, headers, ...options })

/** The reasons for which the Server's sockets disconnect. */
export function reasonsOf (io: Server, nsp = '/') {
  const reasons: string[] = []
  const disconnected = new Promise<void>((resolve) => {
    io.of(nsp).on('connection', (socket) => socket.on('disconnect', (reason) => {
      reasons.push(reason)
      resolve()
    }))
  })
  return { reasons, disconnected }
}
