// The plugin: options → Engine, decorators, an inner scope with hooks and routes, preClose.
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import type { Server, ServerOptions } from 'socket.io'
import { SocketioCodec } from './codec/socketio.js'
import { Engine } from './engine.js'
import { AlreadyRegisteredError, MissingPeerError } from './errors.js'
import { registerFlashPolicy } from './flash-policy.js'
import { readOptions, warnOfTimers } from './options.js'
import type { Settings, SocketioTransportsOptions } from './options.js'
import { registerClientFiles } from './routes/client-files.js'
import { addHooks } from './routes/hooks.js'
import { OriginPolicy } from './routes/origin.js'
import { registerRevision1 } from './routes/revision-1.js'
import { registerWebsocket } from './routes/upgrade.js'

/** A Server is told from the options of one by what it can do. */
const isServer = (io: Server | Partial<ServerOptions>): io is Server => 'bind' in io && typeof io.bind === 'function'

async function newServer (options: Partial<ServerOptions>): Promise<Server> {
  try {
    const { Server } = await import('socket.io')
    return new Server(options)
  } catch (error) {
    if (Object(error).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new MissingPeerError('io', 'socket.io')
  }
}

function createEngine (app: FastifyInstance, settings: Settings): Engine {
  const { heartbeatInterval, heartbeatTimeout, closeTimeout, pollingDuration, handshakeTimeout } = settings
  const times = [heartbeatInterval || Infinity, heartbeatTimeout, closeTimeout, pollingDuration, handshakeTimeout]
  return new Engine({
    limits: settings,
    shortestTime: Math.min(...times),
    maxSessions: settings.maxSessions,
    ...(settings.generateId && { generateId: settings.generateId }),
    log: app.log
  })
}

function decorate (app: FastifyInstance, engine: Engine): void {
  if (Object.hasOwn(app, 'socketio')) throw new AlreadyRegisteredError()
  app.decorate('socketio', engine)
  if (app.hasRequestDecorator('socketio')) return
  // A getter, so that the app's own onRequest hooks see it, which run before ours.
  app.decorateRequest('socketio', {
    getter () {
      if (this.routeOptions.config.socketio === undefined) return null
      const { sid } = this.params as { sid?: string }
      return this.server.socketio.sessions.get(sid ?? '') ?? null
    }
  })
}

/** Routes, hooks and body parser, in a scope of their own: the app's other routes see none of it. */
function routes (engine: Engine, settings: Settings) {
  return async function socketioRoutes (scope: FastifyInstance): Promise<void> {
    await registerWebsocket(scope, scope.prefix + settings.path, settings.maxPayload)
    scope.removeAllContentTypeParsers()
    // The Content-Type of a POST says nothing (WIRE.md 5).
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    addHooks(scope, engine, new OriginPolicy(settings.cors))
    registerRevision1(scope, {
      engine,
      settings,
      shared: { codec: new SocketioCodec(settings.parser), limits: settings, memo: { text: '', frame: '' } }
    })
  }
}

const plugin: FastifyPluginAsync<SocketioTransportsOptions> = async function fastifySocketioTransports (app, options) {
  const settings = readOptions(options)
  const { prefix, serveClient, path, io, flashPolicy } = settings
  warnOfTimers(settings, app.log)
  const engine = createEngine(app, settings)
  decorate(app, engine)
  const server = io === undefined ? undefined : isServer(io) ? io : await newServer(io)
  if (server !== undefined) app.decorate('io', server.bind(engine))
  // The sockets of a Server that is not ours may live elsewhere too.
  const ours = server !== undefined && server !== io ? server : undefined

  app.addHook('preClose', async () => {
    await ours?.close()
    engine.close()
  })
  if (flashPolicy !== undefined) registerFlashPolicy(app, flashPolicy, settings.cors.origin)
  if (serveClient !== false) await app.register(async (scope) => registerClientFiles(scope, path, serveClient), { prefix })
  await app.register(routes(engine, settings), { prefix })
}

/** Socket.IO's transports as Fastify routes. */
export const socketioTransports = fp(plugin, { fastify: '5.x', name: 'fastify-socketio-transports' })

export default socketioTransports
