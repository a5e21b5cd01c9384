// WebSocket upgrades, through @fastify/websocket, so that an upgrade passes every hook. Who answers which: upgrade-dispatcher.ts.
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { Settings } from '../../options.js'
import { checkAnswers } from '../../private/node-answer.js'
import { hostOptions } from '../rows.js'
import { close } from '../plain-answer.js'
import { UpgradeDispatcher } from './upgrade-dispatcher.js'
import type { Wanted } from './upgrade-dispatcher.js'
import { isUpgrade } from '../upgrade-requests.js'
import { markOwn } from './upgraded.js'

/** One for each server, however many registrations. */
const dispatchers = new WeakMap<Server, UpgradeDispatcher>()

/** The options of the WebSockets. */
type WebSocketSettings = Pick<Settings, 'maxPayload' | 'perMessageDeflate'>

/** A base path, with Fastify's parameters in a prefix, as it looks in a URL; the client's files are none of ours. */
function toPattern (app: FastifyInstance, base: string): RegExp {
  const segments = base.split('/').map((segment) => segment.startsWith(':') ? '[^/?]+' : escapeRegExp(segment))
  return new RegExp(`^${segments.join('/+')}(?:$|/+(?!socket\\.io(?:\\.\\w+)*\\.js|static/))`, hostOptions(app).caseSensitive === false ? 'i' : '')
}

/**
 * How many fragments a message may have: each keeps the whole segment that it came in, up to 64 KiB, whatever else was in it. Clients are known
 * to cut their messages into pieces of 1 KiB.
 */
const maxFragments = (maxPayload: number): number => Math.max(128, Math.ceil(maxPayload / 1024))

const escapeRegExp = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')

/** Has the upgrades of the app's server dispatched. */
function dispatch (app: FastifyInstance, wanted: Wanted): void {
  const server = app.server as Server
  let dispatcher = dispatchers.get(server)
  if (dispatcher === undefined) {
    dispatcher = new UpgradeDispatcher(app, server)
    dispatchers.set(server, dispatcher)
    dispatcher.start()
  }
  dispatcher.add(wanted)
}

/** Closes what @fastify/websocket leaves open: upgrades answered before it has marked the request, or outside of its scope. */
function closeRefusedUpgrades (scope: FastifyInstance): void {
  scope.addHook('onResponse', (request, _reply, done) => {
    const { socket, headers } = request.raw as { socket?: Duplex, headers: IncomingMessage['headers'] }
    if (headers.upgrade !== undefined && socket !== undefined && isUpgrade(request)) close(socket)
    done()
  })
}

/**
 * Makes `wsHandler` work on the routes of this scope. The app's own @fastify/websocket is reused where there is one around the
 * scope. Elsewhere ours listens to a server that nobody connects to, and is handed the upgrades that no other instance takes:
 * two that both listen would both answer.
 */
export async function registerWebsocket (scope: FastifyInstance, base: string, settings: WebSocketSettings): Promise<void> {
  const { maxPayload, perMessageDeflate } = settings
  const detached = scope.hasDecorator('websocketServer') ? undefined : createServer()
  checkAnswers()
  closeRefusedUpgrades(scope)
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
    return
  }
  await scope.register(fastifyWebsocket, {
    options: { server: detached, maxPayload, maxFragments: maxFragments(maxPayload), perMessageDeflate, clientTracking: false },
    errorHandler: (error, socket, request) => { // a handler has failed: a fault of ours, or of `generateId`
      request.log.error({ err: error }, 'websocket failed')
      socket.terminate()
    },
    preClose (done) { done() } // the sessions close their sockets themselves
  })
  markOwn(scope.websocketServer)
}
