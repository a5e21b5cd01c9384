// Upgrades to WebSockets with @fastify/websocket, so that every hook runs for an upgrade. upgrade-dispatcher.ts decides which instance answers it.
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { Settings } from '../../options.js'
import { checkAnswers } from '../../private/node-answer.js'
import { PromptWebSocket } from '../../private/prompt-websocket.js'
import { hostOptions } from '../rows.js'
import { close } from '../plain-answer.js'
import { UpgradeDispatcher } from './upgrade-dispatcher.js'
import type { Wanted } from './upgrade-dispatcher.js'
import { isUpgrade } from '../upgrade-requests.js'
import { completeInjected } from './injected.js'
import { ResponseHooks } from './response-hooks.js'
import { wrapHandlers } from './handlers.js'
import { markOwn } from './upgraded.js'

/** One dispatcher for each server. All registrations on the server share it. */
const dispatchers = new WeakMap<Server, UpgradeDispatcher>()

type WebSocketSettings = Pick<Settings, 'maxPayload' | 'perMessageDeflate'>

/** Makes an expression for the URLs below a base path, whose prefix may contain parameters of Fastify. The URLs of the client's files do not match. */
function toPattern (app: FastifyInstance, base: string): RegExp {
  const segments = base.split('/').map((segment) => segment.startsWith(':') ? '[^/?]+' : escapeRegExp(segment))
  return new RegExp(`^${segments.join('/+')}(?:$|/+(?!socket\\.io(?:\\.\\w+)*\\.js|static/))`, hostOptions(app).caseSensitive === false ? 'i' : '')
}

/**
 * Returns how many fragments a message may have. The number is limited because each fragment keeps the whole buffer that it was read into, up to 64 KiB. Some
 * clients send their messages in fragments of 1 KiB.
 */
const maxFragments = (maxPayload: number): number => Math.max(128, Math.ceil(maxPayload / 1024))

const escapeRegExp = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')

/** Adds a registration to the dispatcher of the app's server. */
function dispatch (app: FastifyInstance, wanted: Wanted): void {
  const server = app.server as Server
  let dispatcher = dispatchers.get(server)
  if (dispatcher === undefined) {
    const made = dispatcher = new UpgradeDispatcher(app, server)
    dispatchers.set(server, made)
    made.start()
    server.once('close', () => {
      made.stop()
      dispatchers.delete(server)
    })
  }
  dispatcher.add(wanted)
}

/** Closes connections that @fastify/websocket leaves open: of upgrades that were answered before it has marked the request, or outside of its scope. */
function closeRefusedUpgrades (scope: FastifyInstance): void {
  scope.addHook('onResponse', (request, _reply, done) => {
    const { socket, headers } = request.raw as { socket?: Duplex, headers: IncomingMessage['headers'] }
    if (headers.upgrade !== undefined && socket !== undefined && isUpgrade(request)) close(socket)
    done()
  })
}

/**
 * Makes `wsHandler` work on the routes of this scope. If the app has registered @fastify/websocket around the scope, that instance is used. Otherwise the
 * plugin registers one. It listens to a server that nobody connects to, because two instances on one server would both answer (upgrade-dispatcher.ts).
 */
export async function registerWebsocket (scope: FastifyInstance, base: string, settings: WebSocketSettings): Promise<void> {
  const detached = scope.hasDecorator('websocketServer') ? undefined : createServer()
  const hooks = new ResponseHooks(scope)
  checkAnswers()
  closeRefusedUpgrades(scope)
  completeInjected(scope)
  scope.addHook('onReady', (done) => {
    dispatch(scope, { pattern: toPattern(scope, base), detached })
    done()
  })
  scope.addHook('preClose', (done) => {
    dispatchers.get(scope.server as Server)?.close()
    done()
  })
  if (detached === undefined) {
    const { maxPayload: theirs } = scope.websocketServer.options
    scope.log.info({ maxPayload: theirs }, 'using the @fastify/websocket of this app: for WebSockets, its maxPayload and perMessageDeflate are in force, not those of this plugin')
  } else {
    await registerOwn(scope, detached, settings)
  }
  hooks.watch()
  wrapHandlers(scope, hooks)
}

/** Registers the plugin's own instance of @fastify/websocket. */
async function registerOwn (scope: FastifyInstance, detached: Server, { maxPayload, perMessageDeflate }: WebSocketSettings): Promise<void> {
  await scope.register(fastifyWebsocket, {
    options: { server: detached, maxPayload, maxFragments: maxFragments(maxPayload), perMessageDeflate, clientTracking: false, WebSocket: PromptWebSocket },
    errorHandler: (error, socket, request) => { // a handler threw: a bug of the plugin, or an id of `generateId` that is in use
      request.log.error({ err: error }, 'websocket failed')
      socket.terminate()
    },
    preClose (done) { done() } // the sessions close their WebSockets themselves
  })
  markOwn(scope.websocketServer)
}
