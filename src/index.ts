// The plugin: options → Engine, decorators, an inner scope with hooks and routes, preClose.
import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { Server } from 'socket.io'
import type { ParserModule } from '../types/options.js'
import { SocketioCodec } from './codec/socketio.js'
import { Engine } from './engine/engine.js'
import { AlreadyRegisteredError } from './errors.js'
import type { Revision1Shared } from './dialects/revision-1/revision-1.js'
import { registerFlashPolicy } from './flash-policy.js'
import { officialServer, parserOf } from './official-server.js'
import { readOptions, warnOfTimers, warnOfTransports } from './options.js'
import type { Settings, SocketioTransportsOptions } from './options.js'
import { isOffset } from './private/adapter-offsets.js'
import { addParsers } from './routes/body.js'
import { limitBodies } from './routes/body-timeout.js'
import { joinChunks } from './routes/joined-chunks.js'
import { missClientFiles, registerClientFiles } from './routes/client-files.js'
import { registerEngineIo } from './routes/engine-io/routes.js'
import { addUpgradeHeaders } from './routes/headers.js'
import { addHooks } from './routes/hooks.js'
import { OriginPolicy } from './routes/origin.js'
import { sessionIdOf } from './routes/query.js'
import { answerRefusals } from './routes/refusals.js'
import { registerRevision1 } from './routes/revision-1/routes.js'
import { closeWith } from './shutdown.js'
import { registerWebsocket } from './routes/websocket/upgrade.js'

function createEngine (app: FastifyInstance, settings: Settings): Engine {
  const { heartbeatInterval, heartbeatTimeout, closeTimeout, pollingDuration, handshakeTimeout, farewellTimeout } = settings
  const { pingInterval, pingTimeout, upgradeTimeout, bodyTimeout } = settings
  const times = [heartbeatInterval || Infinity, heartbeatTimeout, closeTimeout, pollingDuration, handshakeTimeout, pingInterval, pingTimeout, upgradeTimeout, bodyTimeout, farewellTimeout]
  return new Engine({
    limits: settings,
    shortestTime: Math.min(...times),
    maxSessions: settings.maxSessions,
    maxSessionsPerAddress: settings.maxSessionsPerAddress,
    maxTotalQueueBytes: settings.maxTotalQueueBytes,
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
      const { config: { socketio } } = this.routeOptions
      const { socketio: engine } = this.server
      if (socketio === undefined || !(engine instanceof Engine)) return null
      return engine.find(sessionIdOf(this, socketio.dialect), socketio.dialect) ?? null
    }
  })
}

function revision1Shared (settings: Settings, server: Server | undefined, parser: ParserModule | undefined): Revision1Shared {
  return {
    codec: new SocketioCodec(parser),
    limits: settings,
    memo: { text: undefined, frame: '' },
    isOffset: (argument) => server !== undefined && isOffset(server, argument)
  }
}

/** Routes that take WebSockets, in a scope of their own: requests of the others are spared the library's hooks. */
function upgradeRoutes (upgrades: readonly RouteOptions[], settings: Settings) {
  return async function socketioUpgrades (scope: FastifyInstance): Promise<void> {
    await registerWebsocket(scope, scope.prefix + settings.path, settings)
    addUpgradeHeaders(scope)
    for (const route of upgrades) scope.route(route)
  }
}

/** Routes, hooks and body parser, in a scope of their own: the app's other routes see none of it. */
function routes (engine: Engine, settings: Settings, server: Server | undefined) {
  return async function socketioRoutes (scope: FastifyInstance): Promise<void> {
    addParsers(scope)
    addHooks(scope, new OriginPolicy(settings.cors, { wheel: engine.wheel, ms: settings.handshakeTimeout }))
    answerRefusals(scope, engine)
    joinChunks(scope)
    limitBodies(scope, engine, settings.bodyTimeout)
    const { io } = settings
    const parser = settings.parser ?? (io && parserOf(io, scope.log))
    const upgrades: RouteOptions[] = []
    registerEngineIo(scope, { upgrades, engine, settings, parser })
    if (settings.dialects.includes('revision 1')) registerRevision1(scope, { upgrades, engine, settings, shared: revision1Shared(settings, server, parser) })
    await scope.register(upgradeRoutes(upgrades, settings))
  }
}

const plugin: FastifyPluginAsync<SocketioTransportsOptions> = async function fastifySocketioTransports (app, options) {
  const settings = readOptions(options)
  const { prefix, serveClient, path, io, flashPolicy, drainTimeout, farewellTimeout } = settings
  warnOfTimers(settings, app.log)
  warnOfTransports(settings, app.log)
  const engine = createEngine(app, settings)
  decorate(app, engine)
  const server = io === undefined ? undefined : await officialServer(io, app.log)
  if (server !== undefined) app.decorate('io', server.bind(engine))
  // The sockets of a Server that is not ours may live elsewhere too.
  const ours = server === io ? undefined : server

  closeWith(app, {
    drain: drainTimeout === false ? undefined : () => engine.drain(drainTimeout),
    part: () => engine.part(farewellTimeout),
    async end () {
      await ours?.close()
      engine.close()
    }
  })
  if (flashPolicy !== undefined) registerFlashPolicy(app, flashPolicy, settings.cors.origin)
  await app.register(async (scope) => {
    if (serveClient === false) missClientFiles(scope, path)
    else await registerClientFiles(scope, path, serveClient)
  }, { prefix })
  await app.register(routes(engine, settings, server), { prefix })
}

/** Socket.IO's transports as Fastify routes. */
export const socketioTransports = fp(plugin, { fastify: '5.x', name: 'fastify-socketio-transports' })

export default socketioTransports
