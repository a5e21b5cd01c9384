// Decides which instance of @fastify/websocket answers an upgrade. One server may have several (the app's own, ours in several scopes), but only one may
// answer. So our instance listens to a server that nobody connects to, and this dispatcher passes it the upgrades that no other instance has taken.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isAnswering } from '../../private/node-answer.js'
import { answerPlainly, closeWhenAnswered } from '../plain-answer.js'
import { UnclaimedConnections } from '../unclaimed-connections.js'
import { forget, isAccepted, isBehindAnother, note } from '../upgrade-requests.js'

/** The upgrades that one registration handles. */
export interface Wanted {
  /** Matches the paths of the registration. */
  readonly pattern: RegExp
  /** The server that our instance listens to; undefined if the app's instance is used. */
  readonly detached: Server | undefined
}

const uncork = (socket: Duplex): void => socket.uncork()

/** Returns the path of a URL, decoded as the router does. */
function pathOf (url = ''): string {
  const [path = ''] = url.split('?', 1)
  if (!path.includes('%')) return path
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Returns whether a request asks for a WebSocket. Any other upgrade, such as `Upgrade: h2c` of HTTP/2 clients, is handled as an ordinary request. */
const asksForWebSocket = ({ method, headers: { upgrade } }: IncomingMessage): boolean => method === 'GET' && upgrade?.toLowerCase() === 'websocket'

/** How many listeners for 'upgrade' a dispatcher adds to its server. */
const OWN_LISTENERS = 2

/** Dispatches the upgrades of one server. */
export class UpgradeDispatcher {
  readonly #app: FastifyInstance
  readonly #server: Server
  readonly #patterns: RegExp[] = []
  #detached: Server | undefined
  readonly #unclaimed = new UnclaimedConnections()

  constructor (app: FastifyInstance, server: Server) {
    this.#app = app
    this.#server = server
  }

  /** Adds the listeners. Called when every plugin has loaded, so that the listeners of other instances run before `#dispatch`. */
  start (): void {
    this.#server.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => note(request, socket, this.#unclaimed))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#dispatch(request, socket, head))
  }

  add ({ pattern, detached }: Wanted): void {
    this.#patterns.push(pattern)
    this.#detached ??= detached
  }

  /** Ends the connections that carry no WebSocket, when the app closes. */
  close (): void {
    this.#unclaimed.end(this.#app.initialConfig.forceCloseConnections === true)
  }

  #owns ({ url }: IncomingMessage): boolean {
    const path = pathOf(url)
    return this.#patterns.some((pattern) => pattern.test(path))
  }

  #dispatch (request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (isAccepted(request)) return
    const owned = this.#owns(request)
    const wanted = owned && asksForWebSocket(request)
    const alone = this.#server.listenerCount('upgrade') === OWN_LISTENERS
    this.#unclaimed.guard(socket)
    if (isBehindAnother(request)) {
      // The connection carries another answer, and assigning a second one would throw.
      if (owned || alone) socket.destroy()
    } else if (isAnswering(request, socket)) { // another instance answers it
      if (owned) this.#watch(request, socket)
    } else if (wanted && this.#detached !== undefined) {
      this.#handOver(this.#detached, request, socket, head)
    } else if (alone) {
      forget(request)
      this.#unclaimed.add(socket)
      answerPlainly(this.#app, request, socket)
    }
  }

  #handOver (detached: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Packets that a session sends at once leave in one write with the answer to its upgrade.
    socket.cork()
    process.nextTick(uncork, socket)
    // The library keeps the `head` that it gets, and with it the whole buffer that the request was read into. So its bytes go back to the connection.
    if (head.length > 0) socket.unshift(head)
    detached.emit('upgrade', request, socket, Buffer.alloc(0))
    this.#watch(request, socket)
  }

  /** Tracks a connection until it carries a WebSocket, and closes it if the upgrade is refused. */
  #watch (request: IncomingMessage, socket: Duplex): void {
    if (isAccepted(request)) return
    this.#unclaimed.add(socket)
    closeWhenAnswered(socket)
  }
}
