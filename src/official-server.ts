// The official Server that the option `io` asks for. The package is imported here only, and only then.
import type { FastifyBaseLogger } from 'fastify'
import type { Server, ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions } from '../types/options.js'
import { missingPeer } from './errors.js'

type IoOption = NonNullable<SocketioTransportsOptions['io']>

/** Options of the Server for what it does not do here, and the option of the plugin that does. */
const UNUSED: Partial<Record<keyof ServerOptions, keyof SocketioTransportsOptions>> = {
  path: 'path',
  transports: 'transports',
  cors: 'cors',
  allowRequest: 'authorize',
  maxHttpBufferSize: 'maxPayload',
  serveClient: 'serveClient'
}

/** A Server is told from the options of one by what it can do. */
const isServer = (io: IoOption): io is Server => 'bind' in io && typeof io.bind === 'function'

/** The Server given, or one made from the options given. @throws FST_SIO_MISSING_PEER without the package. */
export async function officialServer (io: IoOption, log: FastifyBaseLogger): Promise<Server> {
  if (isServer(io)) return io
  for (const [name, ours] of Object.entries(UNUSED)) {
    if (name in io) log.warn(`io.${name} has no effect: set the option "${ours}" of fastify-socketio-transports`)
  }
  const { Server } = await import('socket.io').catch(missingPeer('io', 'socket.io'))
  return new Server(io)
}

/** The options of the Server that is to be, or is there already. */
export function serverOptions (io: IoOption | undefined): Partial<ServerOptions> {
  return io === undefined ? {} : isServer(io) ? io._opts : io
}
