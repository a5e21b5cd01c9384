// WebSocket upgrades, through @fastify/websocket, so that an upgrade passes every hook. One server may have several
// instances of it (the app's own, ours in several scopes), but only one may answer an upgrade.
import { createServer, ServerResponse } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Settings } from '../options.js'
import { hostOptions } from './add-route.js'
import { answerOn, isDispatched } from './upgrade-marks.js'
import { seeToFailures } from './upgraded.js'

/** Who takes upgrades on a server, and on which paths. */
interface Gate {
  readonly patterns: RegExp[]
  /** The server that our instance listens to; undefined where only the app has one. */
  silent: Server | undefined
}

const gates = new WeakMap<Server, Gate>()

/** Whether @fastify/websocket has taken the request for an upgrade. */
export const isUpgrade = ({ raw }: FastifyRequest): boolean => raw.headers.upgrade !== undefined && isDispatched(raw)

/** The options of the WebSockets. */
type WebSocketSettings = Pick<Settings, 'maxPayload' | 'perMessageDeflate'>

/** A base path, with Fastify's parameters in a prefix, as it looks in a URL; the client's files are none of ours. */
function toPattern (app: FastifyInstance, base: string): RegExp {
  const segments = base.split('/').map((segment) => segment.startsWith(':') ? '[^/?]+' : escapeRegExp(segment))
  return new RegExp(`^${segments.join('/+')}(?:$|/+(?!socket\\.io(?:\\.\\w+)*\\.js|static/))`, hostOptions(app).caseSensitive === false ? 'i' : '')
}

/** The path as the router reads it: it may come encoded. */
function pathOf (url = ''): string {
  const [path = ''] = url.split('?', 1)
  if (!path.includes('%')) return path
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/**
 * How many fragments a message may have: each keeps the whole segment that it came in, up to 64 KiB, whatever else was in it. Clients are known
 * to cut their messages into pieces of 1 KiB.
 */
const maxFragments = (maxPayload: number): number => Math.max(128, Math.ceil(maxPayload / 1024))

const escapeRegExp = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')

/** Without a parser of Node's behind it nobody else would: its end is half of it, and nothing reads the client's. */
const close = (socket: Duplex): void => { socket.end(() => socket.destroy()) }

/** What Node does with an upgrade that nobody listens for: it is an ordinary request. */
function answerPlainly (app: FastifyInstance, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as never)
  response.once('finish', () => close(socket))
  socket.on('drain', () => response.emit('drain')) // Node's own listener left with the parser
  socket.on('error', () => socket.destroy())
  app.routing(request, response)
}

/**
 * What Fastify answers before any hook runs (a URL that it cannot read, all of them once it closes), nobody would close: no parser reads the
 * connection any more, so that even the client's end of it goes unnoticed, and the server never closes.
 */
function closeWhenAnswered (socket: Duplex): void {
  answerOn(socket)?.once('finish', () => close(socket)) // an upgrade that succeeds never finishes it
}

const uncork = (socket: Duplex): void => socket.uncork()

/** Has the server's upgrades answered by our instance, unless another one has. */
function openGate (app: FastifyInstance, base: string, silent?: Server): void {
  const server = app.server as Server
  const known = gates.get(server)
  if (known !== undefined) {
    known.patterns.push(toPattern(app, base))
    known.silent ??= silent
    return
  }
  const gate: Gate = { patterns: [toPattern(app, base)], silent }
  gates.set(server, gate)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // `Upgrade: h2c` of HTTP/2 clients asks for what nobody here gives: an ordinary request.
    const isWebSocket = request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket'
    const path = isWebSocket ? pathOf(request.url) : ''
    const wanted = isWebSocket && gate.patterns.some((pattern) => pattern.test(path))
    const alone = server.listenerCount('upgrade') === 1
    let dispatched = isDispatched(request)
    // Behind a request that is still held: its answer has the connection, and another one that is given it throws.
    if (!dispatched && answerOn(socket) !== undefined && (wanted || alone)) {
      socket.destroy()
      return
    }
    if (wanted && !dispatched && gate.silent !== undefined) {
      // What a session says at once leaves with the answer to its upgrade.
      socket.cork()
      process.nextTick(uncork, socket)
      gate.silent.emit('upgrade', request, socket, head)
      dispatched = isDispatched(request)
    }
    if (!dispatched) {
      if (alone) answerPlainly(app, request, socket)
    } else if (wanted) {
      closeWhenAnswered(socket)
    }
  })
}

/** Closes what @fastify/websocket leaves open: upgrades answered before it has marked the request, or outside of its scope. */
function closeRefusedUpgrades (scope: FastifyInstance): void {
  scope.addHook('onResponse', (request, _reply, done) => {
    const { socket, headers } = request.raw as { socket?: Duplex, headers: IncomingMessage['headers'] }
    if (headers.upgrade !== undefined && socket !== undefined && isDispatched(request.raw)) close(socket)
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
  const silent = scope.hasDecorator('websocketServer') ? undefined : createServer()
  closeRefusedUpgrades(scope)
  // After every plugin has loaded: listeners that were there before have had the request first.
  scope.addHook('onReady', (done) => {
    openGate(scope, base, silent)
    done()
  })
  if (silent === undefined) {
    const { maxPayload: theirs } = scope.websocketServer.options
    scope.log.info({ maxPayload: theirs }, 'reusing the @fastify/websocket of this app; its options rule for WebSockets, maxPayload and perMessageDeflate too')
    return
  }
  await scope.register(fastifyWebsocket, {
    options: { server: silent, maxPayload, maxFragments: maxFragments(maxPayload), perMessageDeflate, clientTracking: false },
    errorHandler: (error, socket, request) => { // a handler has failed: a fault of ours, or of `generateId`
      request.log.error({ err: error }, 'websocket failed')
      socket.terminate()
    },
    preClose (done) { done() } // the sessions close their sockets themselves
  })
  seeToFailures(scope.websocketServer)
}
