// The official Server for the option `io`. Only this file imports the package socket.io, and only to make a Server.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Server, ServerOptions } from 'socket.io'
import type { ParserModule, SocketioTransportsOptions } from '../types/options.js'
import { BadOptionError, missingPeer, ServerInUseError } from './errors.js'
import { NOT_HERE, REPLACED } from './option-hints.js'
import { optionsOf } from './private/server-options.js'

type IoOption = NonNullable<SocketioTransportsOptions['io']>

/** Whether the option is a Server, not the options of one. Recognised by its method, because the package is not imported yet. */
const isServer = (io: IoOption): io is Server => 'bind' in io && typeof io.bind === 'function'

/** Warns of options of `io` that have no effect. */
export function warnOfUnused (options: Partial<ServerOptions>, log: FastifyBaseLogger): void {
  for (const [name, ours] of Object.entries(REPLACED)) {
    if (name in options) log.warn(`io.${name} has no effect: set the option "${ours}" of fastify-socketio-transports`)
  }
  for (const [name, instead] of Object.entries(NOT_HERE)) {
    if (name in options) log.warn(`io.${name} has no effect: ${instead}`)
  }
}

/** Makes a Server without an HTTP server. @throws FST_SIO_MISSING_PEER without the package. */
async function make (options: Partial<ServerOptions>): Promise<Server> {
  const { Server } = await import('socket.io').catch(missingPeer('option "io"', 'socket.io'))
  return new Server(options)
}

/** Makes a Server at once, for Nest, which does not wait. @throws FST_SIO_MISSING_PEER without the package. */
export function makeServer (options: Partial<ServerOptions>): Server {
  const { Server } = requireServer()
  return new Server(options)
}

function requireServer (): typeof import('socket.io') {
  try {
    return createRequire(import.meta.url)('socket.io')
  } catch (error) {
    return missingPeer('SocketioTransportsAdapter', 'socket.io')(error)
  }
}

/** Servers of the drop-in, which has converted their options. */
const converted = new WeakSet<Server>()

/** Makes a Server whose options are not warned of, because the drop-in has converted them. @throws FST_SIO_MISSING_PEER without the package. */
export async function createServer (options: Partial<ServerOptions>): Promise<Server> {
  const server = await make(options)
  converted.add(server)
  return server
}

/** Returns the folder of the current client's files, which are part of the package. @throws FST_SIO_MISSING_PEER without the package. */
export function clientFolder (): string {
  try {
    return fileURLToPath(new URL('client-dist', import.meta.resolve('socket.io/package.json')))
  } catch (error) {
    return missingPeer('option "serveClient"', 'socket.io')(error)
  }
}

/**
 * Returns the given Server, or makes one with the given options. Warns of options without effect. @throws FST_SIO_MISSING_PEER without the package.
 */
export async function officialServer (io: IoOption, log: FastifyBaseLogger): Promise<Server> {
  if (!isServer(io)) {
    warnOfUnused(io, log)
    return await make(io)
  }
  if (!converted.has(io)) warnOfUnused(optionsOf(io) ?? {}, log)
  return io
}

const NOT_ATTACHED = 'a Server that is attached to nothing, because its requests would not reach the plugin: new Server(options) without an HTTP server, or io: { … } with the options'

/**
 * Binds the Server to an Engine. From then on, `attach` and `listen` throw: engine.io would take the requests of the HTTP server from Fastify, or accept on another
 * port clients that `authorize` and `cors` refuse. The drop-in may listen on another port, because its Server has the same options.
 * @throws FST_SIO_BAD_OPTION when the Server has an engine of another kind. It may be bound to other registrations of the plugin.
 */
export function bindServer (io: Server, engine: object, app: FastifyInstance): Server {
  const { engine: present, attach }: { engine?: unknown, attach: Server['attach'] } = io
  if (present !== undefined && !(present instanceof engine.constructor)) throw new BadOptionError('io', 'a Server that is attached to an HTTP server or another engine', NOT_ATTACHED)
  const guarded: Server['attach'] = function attachElsewhere (where, options) {
    if (!converted.has(io) || where === app.server) throw new ServerInUseError()
    return attach.call(io, where, options)
  }
  return Object.assign(io.bind(engine), { attach: guarded, listen: guarded })
}

/** Returns the custom parser of the Server, or of the options for one. Warns if the options of the Server cannot be read. */
export function parserOf (io: IoOption, log: FastifyBaseLogger): ParserModule | undefined {
  const options = isServer(io) ? optionsOf(io) : io
  if (options === undefined) log.warn('the options of the Server cannot be read in this version of socket.io: if the Server has a "parser", set the same as the option "parser" of fastify-socketio-transports')
  return options?.parser
}
