// The official Server that the option `io` asks for. The package is imported here only, and only then.
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import type { Server, ServerOptions } from 'socket.io'
import type { ParserModule, SocketioTransportsOptions } from '../types/options.js'
import { missingPeer } from './errors.js'
import { optionsOf } from './private/server-options.js'

type IoOption = NonNullable<SocketioTransportsOptions['io']>
type ServerOption = keyof ServerOptions

/** Options of the Server for what it does not do here, and the option of the plugin that does. */
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

/** Options for what no option of the plugin does, and what there is instead. */
export const NOT_HERE = {
  httpCompression: 'register @fastify/compress to compress answers to polls',
  wsEngine: 'WebSockets are opened by @fastify/websocket',
  initialPacket: 'emit it on "connection"',
  destroyUpgrade: 'upgrade requests without a route are answered with 404',
  destroyUpgradeTimeout: 'upgrade requests without a route are answered with 404 at once',
  addTrailingSlash: 'the path is served with a slash at the end and without'
} as const satisfies Partial<Record<ServerOption, string>>

/** A Server is told from the options of one by what it can do. */
const isServer = (io: IoOption): io is Server => 'bind' in io && typeof io.bind === 'function'

function warnOfUnused (options: Partial<ServerOptions>, log: FastifyBaseLogger): void {
  for (const [name, ours] of Object.entries(UNUSED)) {
    if (name in options) log.warn(`io.${name} has no effect: set the option "${ours}" of fastify-socketio-transports`)
  }
  for (const [name, instead] of Object.entries(NOT_HERE)) {
    if (name in options) log.warn(`io.${name} has no effect: ${instead}`)
  }
}

/** A Server that nothing is bound to. @throws FST_SIO_MISSING_PEER without the package. */
export async function createServer (options: Partial<ServerOptions>): Promise<Server> {
  const { Server } = await import('socket.io').catch(missingPeer('io', 'socket.io'))
  return new Server(options)
}

/** The folder of today's client, which comes with the package. */
export const clientFolder = (): string => fileURLToPath(new URL('client-dist', import.meta.resolve('socket.io/package.json')))

/** The Server given, or one made from the options given. @throws FST_SIO_MISSING_PEER without the package. */
export async function officialServer (io: IoOption, log: FastifyBaseLogger): Promise<Server> {
  if (isServer(io)) return io
  warnOfUnused(io, log)
  return await createServer(io)
}

/** The parser that the Server has, or is to have. Warns where that cannot be told. */
export function parserOf (io: IoOption, log: FastifyBaseLogger): ParserModule | undefined {
  const options = isServer(io) ? optionsOf(io) : io
  if (options === undefined) log.warn('the options of the Server cannot be read in this version of socket.io: if the Server has a "parser", set the same as the option "parser" of fastify-socketio-transports')
  return options?.parser
}
