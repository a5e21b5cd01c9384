// Serves a registration: decorates the app, adds routes and hooks in an inner scope, and closes with the app.
import type { FastifyInstance, RouteGenericInterface } from 'fastify'
import type { Server } from 'socket.io'
import type { ParserModule } from '../types/options.js'
import { LastEncoded } from './codec/last-encoded.js'
import { SocketioCodec } from './codec/socketio.js'
import { Engine } from './engine/engine.js'
import { AlreadyRegisteredError, onFreePath } from './errors.js'
import type { Revision1Shared } from './dialects/revision-1/revision-1.js'
import { registerFlashPolicy } from './flash-policy.js'
import { warnOfHost } from './host-warnings.js'
import { logOptionsOf, logTo } from './log-options.js'
import { clientFolder, officialServer, parserOf } from './official-server.js'
import type { Settings, SocketioTransportsOptions } from './options.js'
import { guardServer } from './missing-server.js'
import { isOffset } from './private/adapter-offsets.js'
import { addParsers } from './routes/body.js'
import { limitBodies } from './routes/body-timeout.js'
import { joinChunks } from './routes/joined-chunks.js'
import { missClientFiles, registerClientFiles } from './routes/client-files.js'
import { engineIoRows } from './routes/engine-io/routes.js'
import { addUpgradeHeaders } from './routes/headers.js'
import { addHooks } from './routes/hooks.js'
import { addMiddlewares } from './routes/middlewares.js'
import { OriginPolicy } from './routes/origin.js'
import { sessionIdOf } from './routes/query.js'
import { setRequestLines } from './routes/request-lines.js'
import type { Row } from './routes/rows.js'
import { answerRefusals } from './routes/refusals.js'
import { revision1Rows } from './routes/revision-1/routes.js'
import type { Registration } from './registration.js'
import { closeWith } from './shutdown.js'
import { addValidator } from './routes/validation.js'
import { vouching } from './routes/vouching.js'
import { exposeInjectWS } from './routes/websocket/injected.js'
import { registerWebsocket } from './routes/websocket/upgrade.js'

function decorate (app: FastifyInstance, engine: Engine): void {
  if (Object.hasOwn(app, 'socketio')) throw new AlreadyRegisteredError()
  app.decorate('socketio', engine)
  if (app.hasRequestDecorator('socketio')) return
  // A getter, because the app's own onRequest hooks run before those of the plugin.
  app.decorateRequest('socketio', {
    getter () {
      const { config: { socketio } } = this.routeOptions
      const { socketio: engine } = this.server
      if (socketio === undefined || !(engine instanceof Engine)) return null
      return engine.find(sessionIdOf(this, socketio.dialect), socketio.dialect)?.socket ?? null
    }
  })
  app.decorateRequest('socketioNode', {
    getter () {
      const { config: { socketio } } = this.routeOptions
      const { socketio: engine } = this.server
      return socketio !== undefined && engine instanceof Engine ? engine.nodeOf(sessionIdOf(this, socketio.dialect))?.tag ?? null : null
    }
  })
}

function revision1Shared (settings: Settings, server: Server | undefined, parser: ParserModule | undefined): Revision1Shared {
  return {
    codec: new SocketioCodec(parser),
    limits: settings,
    last: new LastEncoded(),
    isOffset: (argument) => server !== undefined && isOffset(server, argument)
  }
}

/** Adds to a scope either the routes that accept WebSockets, or all other routes. */
function addRows <Route extends RouteGenericInterface> (scope: FastifyInstance, rows: readonly Row<Route>[], takeWebSockets: boolean): void {
  for (const row of rows) if ((row.wsHandler !== undefined) === takeWebSockets) scope.route(row)
}

/** Makes the inner plugin with routes, hooks and body parsers. In its scope, they do not affect other routes of the app. */
function routes (app: FastifyInstance, { engine, hosts, settings, log, server }: Registration) {
  return async function socketioRoutes (scope: FastifyInstance): Promise<void> {
    const { io, path, bodyTimeout, dialects } = settings
    if (log !== app.log) logTo(scope, log)
    setRequestLines(scope, settings, engine.showId)
    addParsers(scope)
    addValidator(scope)
    addHooks(scope, new OriginPolicy(settings.cors, { wheel: engine.wheel, ms: settings.handshakeTimeout }), vouching(hosts))
    addMiddlewares(scope, engine, settings.handshakeTimeout)
    answerRefusals(scope, engine)
    joinChunks(scope)
    limitBodies(scope, engine, bodyTimeout)
    const parser = settings.parser ?? (io && parserOf(io, scope.log))
    const engineIo = engineIoRows(scope, { engine, hosts, settings, parser })
    const revision1 = dialects.includes('revision 1') ? revision1Rows(scope, { engine, hosts, settings, shared: revision1Shared(settings, server, parser) }) : []
    addRows(scope, engineIo, false)
    addRows(scope, revision1, false)
    // WebSocket routes have their own scope, because the hooks of @fastify/websocket would cost the other routes time.
    await scope.register(async function socketioUpgrades (upgrades) {
      await registerWebsocket(upgrades, upgrades.prefix + path, settings)
      addUpgradeHeaders(upgrades)
      exposeInjectWS(app, upgrades)
      addRows(upgrades, engineIo, true)
      addRows(upgrades, revision1, true)
    })
  }
}

/**
 * Serves a registration: called while the app loads its plugins.
 * @param options that have been prepared
 */
export async function serve (app: FastifyInstance, options: SocketioTransportsOptions, registration: Registration): Promise<void> {
  const { settings: { prefix, serveClient, path, io, flashPolicy, cors }, settings, engine, log } = registration
  warnOfHost(app, settings, log)
  decorate(app, engine)
  if (io !== undefined && registration.server === undefined) {
    const server = await officialServer(io, log)
    // A Server of the application is not closed, because it may have sockets of other engines.
    registration.bind(app, server, { closes: server !== io })
  }
  const { server } = registration
  if (server === undefined) guardServer(app)
  else app.decorate('io', server)
  closeWith(app, registration)
  app.addHook('onReady', () => registration.join())
  if (flashPolicy !== undefined) registerFlashPolicy(app, flashPolicy, cors.origin)
  const addRoutes = routes(app, registration)
  const addFiles = async (scope: FastifyInstance): Promise<void> => {
    if (serveClient === false) missClientFiles(scope, path)
    else await registerClientFiles(scope, path, serveClient === true ? clientFolder() : serveClient)
  }
  for (const add of [addFiles, addRoutes]) {
    await app.register(async (scope) => onFreePath(scope.prefix + path, () => add(scope)), { prefix, ...logOptionsOf(options) })
  }
}
