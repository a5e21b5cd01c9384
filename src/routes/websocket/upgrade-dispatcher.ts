// Who answers an upgrade. One server may have several instances of @fastify/websocket (the app's own, ours in several scopes), but only one may
// answer: ours listens to a server that nobody connects to, and is handed what no other instance has taken.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isAnswering } from '../../private/node-answer.js'
import { answerPlainly, closeWhenAnswered } from '../plain-answer.js'
import { UnclaimedConnections } from '../unclaimed-connections.js'
import { forget, isAccepted, isBehindAnother, note } from '../upgrade-requests.js'

/** What one registration wants of its server. */
export interface Wanted {
  /** The paths whose upgrades are ours. */
  readonly pattern: RegExp
  /** The server that our instance listens to; undefined where the app's is reused. */
  readonly detached: Server | undefined
}

const uncork = (socket: Duplex): void => socket.uncork()

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

/** `Upgrade: h2c` of HTTP/2 clients asks for what nobody here gives: an ordinary request. */
const asksForWebSocket = ({ method, headers: { upgrade } }: IncomingMessage): boolean => method === 'GET' && upgrade?.toLowerCase() === 'websocket'

/** How many listeners for upgrades a dispatcher has on its server. */
const OWN = 2

/** The upgrades of one server. */
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

  /** Listens; after every plugin has loaded, so that listeners that were there before have had the request first. */
  start (): void {
    this.#server.prependListener('upgrade', (request: IncomingMessage, socket: Duplex) => note(request, socket, this.#unclaimed))
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#dispatch(request, socket, head))
  }

  add ({ pattern, detached }: Wanted): void {
    this.#patterns.push(pattern)
    this.#detached ??= detached
  }

  /** The app closes: nothing but WebSockets has time. */
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
    const alone = this.#server.listenerCount('upgrade') === OWN
    this.#unclaimed.guard(socket)
    if (isBehindAnother(request)) {
      // Another answer has the connection, and one that is given it now throws.
      if (owned || alone) socket.destroy()
    } else if (isAnswering(request, socket)) { // another instance has dispatched it
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
    // What a session says at once leaves with the answer to its upgrade.
    socket.cork()
    process.nextTick(uncork, socket)
    // The library keeps what it is handed, and with it the whole buffer that the head of the request was read in.
    if (head.length > 0) socket.unshift(head)
    detached.emit('upgrade', request, socket, Buffer.alloc(0))
    this.#watch(request, socket)
  }

  /** Sees to a connection until it carries a WebSocket. */
  #watch (request: IncomingMessage, socket: Duplex): void {
    if (isAccepted(request)) return
    this.#unclaimed.add(socket)
    closeWhenAnswered(socket)
  }
}
