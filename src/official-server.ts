// The official Server for the option `io`. Only this file imports the package socket.io, and only to make a Server.
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import type { Server, ServerOptions } from 'socket.io'
import type { ParserModule, SocketioTransportsOptions } from '../types/options.js'
import { missingPeer } from './errors.js'
import { optionsOf } from './private/server-options.js'

type IoOption = NonNullable<SocketioTransportsOptions['io']>
type ServerOption = keyof ServerOptions

/** Options of the Server that have no effect, and the option of the plugin that replaces each. */
const UNUSED: Partial<Record<ServerOption, keyof SocketioTransportsOptions>> = {
  path: 'path',
  transports: 'transports',
  cors: 'cors',
  allowRequest: 'authorize',
  maxHttpBufferSize: 'maxPayload',
  serveClient: 'serveClient',
  pingInterval: 'pingInterval',
  pingTimeout: 'pingTimeout',
  upgradeTimeout: 'upgradeTimeout',
  allowUpgrades: 'allowUpgrades',
  cookie: 'cookie',
  perMessageDeflate: 'perMessageDeflate',
  allowEIO3: 'dialects'
}

/** Options of the Server that have no effect and no replacing option, and an advice for each. */
export const NOT_HERE = {
  httpCompression: 'register @fastify/compress to compress answers to polls',
  wsEngine: 'WebSockets are opened by @fastify/websocket',
  initialPacket: 'emit it on "connection"',
  destroyUpgrade: 'upgrade requests without a route are answered with 404',
  destroyUpgradeTimeout: 'upgrade requests without a route are answered with 404 at once',
  addTrailingSlash: 'the path is served with a slash at the end and without'
} as const satisfies Partial<Record<ServerOption, string>>

/** Whether the option is a Server, not the options of one. Recognised by its method, because the package is not imported yet. */
const isServer = (io: IoOption): io is Server => 'bind' in io && typeof io.bind === 'function'

function warnOfUnused (options: Partial<ServerOptions>, log: FastifyBaseLogger): void {
  for (const [name, ours] of Object.entries(UNUSED)) {
    if (name in options) log.warn(`io.${name} has no effect: set the option "${ours}" of fastify-socketio-transports`)
  }
  for (const [name, instead] of Object.entries(NOT_HERE)) {
    if (name in options) log.warn(`io.${name} has no effect: ${instead}`)
  }
}

/** Makes a Server without an HTTP server. @throws FST_SIO_MISSING_PEER without the package. */
export async function createServer (options: Partial<ServerOptions>): Promise<Server> {
  const { Server } = await import('socket.io').catch(missingPeer('io', 'socket.io'))
  return new Server(options)
}

/** Returns the folder of the current client's files, which are part of the package. */
export const clientFolder = (): string => fileURLToPath(new URL('client-dist', import.meta.resolve('socket.io/package.json')))

/** Returns the given Server, or makes one with the given options. @throws FST_SIO_MISSING_PEER without the package. */
export async function officialServer (io: IoOption, log: FastifyBaseLogger): Promise<Server> {
  if (isServer(io)) return io
  warnOfUnused(io, log)
  return await createServer(io)
}

/** Returns the custom parser of the Server, or of the options for one. Warns if the options of the Server cannot be read. */
export function parserOf (io: IoOption, log: FastifyBaseLogger): ParserModule | undefined {
  const options = isServer(io) ? optionsOf(io) : io
  if (options === undefined) log.warn('the options of the Server cannot be read in this version of socket.io: if the Server has a "parser", set the same as the option "parser" of fastify-socketio-transports')
  return options?.parser
}
