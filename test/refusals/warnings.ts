// Registrations that are warned of.
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { Server } from 'socket.io'
import dropIn from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import type { FastifySocketioOptions } from '../../types/fastify-socket.io.js'
import type { SocketioTransportsOptions } from '../../types/options.js'

interface Warned {
  readonly server?: FastifyServerOptions & { http2?: true }
  readonly register: (app: FastifyInstance) => Promise<unknown>
}

const withOptions = (options: SocketioTransportsOptions, server: Warned['server'] = {}): Warned => ({ server, register: async (app) => await app.register(socketioTransports, options) })
const withDropIn = (options: FastifySocketioOptions): Warned => ({ register: async (app) => await app.register(dropIn, { serveClient: false, ...options }) })

/** A Server whose options cannot be read. */
function unreadable (): Server {
  const io = new Server()
  Object.defineProperty(io, '_opts', { value: undefined })
  return io
}

export const WARNINGS: readonly Warned[] = [
  withOptions({ heartbeatInterval: 25 }),
  withOptions({ transports: ['xhr-polling'], dialects: ['revision 1', 'engine 4'] }),
  withOptions({ cors: { origin: '*' } }),
  withOptions({ heartbeatInterval: false }),
  withOptions({ heartbeatInterval: 60_000 }),
  withOptions({ pollingDuration: 60_000 }),
  withOptions({}, { routerOptions: { maxParamLength: 10 } }),
  withOptions({}, { http2: true }),
  withOptions({}, { connectionTimeout: 10_000 }),
  withOptions({ io: { pingInterval: 1000 } }),
  withOptions({ io: { wsEngine: {} as never } }),
  withOptions({ io: unreadable() }),
  withDropIn({ wsEngine: {} as never }),
  withDropIn({ cors: { maxAge: 1 } }),
  withDropIn({ cors: { origin: '*', credentials: true } }),
  withDropIn({ transports: ['polling', 'webtransport'] }),
  { register: async (app) => await app.register(async (scope) => await scope.register(dropIn, { serveClient: false }), { prefix: '/v1' }) }
]
