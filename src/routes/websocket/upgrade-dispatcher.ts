// Decides who answers an upgrade. The upgrades of our paths are ours, whatever else listens to the server: an instance of @fastify/websocket in a scope of the
// app, a proxy for all paths, a listener that destroys the upgrades that it does not know. Listeners cannot be kept from an event, and they may be added at any
// time, so the dispatcher replaces `emit` of the server. Our instance of @fastify/websocket listens to a server that nobody connects to.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { isAnswering } from '../../private/node-answer.js'
import { websocketListener } from '../../private/websocket-listener.js'
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

/** Matches scheme and authority of a target in absolute form (RFC 9112, 3.2.2). The router ignores them. */
const AUTHORITY = /^https?:\/\/[^/?#]+/i

/** Returns the path of a request target, decoded as the router does. */
function pathOf (url = ''): string {
  const [target = ''] = url.split('?', 1)
  const path = target.startsWith('/') ? target : target.replace(AUTHORITY, '')
  if (!path.includes('%')) return path
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Returns whether a request asks for a WebSocket. Any other upgrade, such as `Upgrade: h2c` of HTTP/2 clients, is handled as an ordinary request. */
const asksForWebSocket = ({ method, headers: { upgrade } }: IncomingMessage): boolean => method === 'GET' && upgrade?.toLowerCase() === 'websocket'

type Upgrade = [request: IncomingMessage, socket: Duplex, head: Buffer]

/** Node emits 'upgrade' only if there is a listener. */
const listen = (): void => {}

/** Dispatches the upgrades of one server. */
export class UpgradeDispatcher {
  readonly #app: FastifyInstance
  readonly #server: Server
  readonly #wanted: Wanted[] = []
  readonly #unclaimed = new UnclaimedConnections()
  #restore: (() => void) | undefined

  constructor (app: FastifyInstance, server: Server) {
    this.#app = app
    this.#server = server
  }

  /** Replaces `emit` of the server, and calls the one that it has found: instrumentations replace it, too. */
  start (): void {
    const server = this.#server
    const emit: (event: string, ...args: unknown[]) => boolean = server.emit
    const dispatch = (upgrade: Upgrade, pass: () => void): void => this.#dispatch(upgrade, () => {
      // Some listeners (@fastify/http-proxy) also answer the upgrades of others if they are the only listener.
      server.removeListener('upgrade', listen)
      try {
        pass()
      } finally {
        server.on('upgrade', listen)
      }
    })
    const isStopped = (): boolean => this.#restore === undefined
    function emitOrDispatch (this: Server, event: string, ...args: unknown[]): boolean {
      if (event !== 'upgrade' || isStopped()) return emit.call(this, event, ...args)
      dispatch(args as Upgrade, () => { emit.call(this, event, ...args) })
      return true
    }
    server.on('upgrade', listen)
    Object.assign(server, { emit: emitOrDispatch })
    this.#restore = () => {
      server.removeListener('upgrade', listen)
      if (server.emit === emitOrDispatch) Object.assign(server, { emit })
    }
  }

  /** Leaves the server as it was before `start`. */
  stop (): void {
    this.#restore?.()
    this.#restore = undefined
  }

  add (wanted: Wanted): void {
    this.#wanted.push(wanted)
  }

  /** Ends the connections that carry no WebSocket, when the app closes. */
  close (): void {
    this.#unclaimed.end(this.#app.initialConfig.forceCloseConnections === true)
  }

  #find ({ url }: IncomingMessage): Wanted | undefined {
    const path = pathOf(url)
    return this.#wanted.find(({ pattern }) => pattern.test(path))
  }

  #dispatch (upgrade: Upgrade, others: () => void): void {
    const [request, socket] = upgrade
    note(request, socket, this.#unclaimed)
    const wanted = this.#find(request)
    if (wanted === undefined) {
      others()
      return this.#settle(upgrade, false)
    }
    if (isBehindAnother(request)) { // the connection carries another answer, and assigning a second one would throw
      this.#unclaimed.guard(socket)
      socket.destroy()
    } else if (!asksForWebSocket(request)) {
      this.#answerPlainly(request, socket)
    } else if (wanted.detached !== undefined) {
      this.#handOver(wanted.detached, upgrade)
    } else {
      const theirs = websocketListener(this.#server)
      if (theirs === undefined) others()
      else theirs.apply(this.#server, upgrade)
      this.#settle(upgrade, true)
    }
  }

  /** Takes care of an upgrade after other listeners have had it. @param owned whether it is for one of our paths */
  #settle ([request, socket]: Upgrade, owned: boolean): void {
    if (isAccepted(request)) return
    const alone = this.#server.listenerCount('upgrade') === 1
    this.#unclaimed.guard(socket)
    if (isBehindAnother(request)) {
      if (alone) socket.destroy()
    } else if (isAnswering(request, socket)) {
      if (owned) this.#watch(request, socket)
    } else if (alone) {
      this.#answerPlainly(request, socket)
    }
  }

  /** Handles the request as one that asks for no upgrade. */
  #answerPlainly (request: IncomingMessage, socket: Duplex): void {
    forget(request)
    this.#unclaimed.guard(socket)
    this.#unclaimed.add(socket)
    answerPlainly(this.#app, request, socket)
  }

  #handOver (detached: Server, [request, socket, head]: Upgrade): void {
    this.#unclaimed.guard(socket)
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
