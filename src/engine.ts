// The registry: session id → Socket, in the one place where that is looked up. Also what io.bind() receives.
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { Engine as PublicEngine, EngineEvents } from '../types/engine.js'
import type { Dialect, DialectSocket } from './dialect.js'
import { CONNECTION_ERRORS, InvalidIdError } from './errors.js'
import type { ConnectionErrorCode } from './errors.js'
import { Socket } from './socket.js'
import type { SocketLimits } from './socket.js'
import { TimerWheel } from './timer-wheel.js'
import type { Transport } from './transport.js'

/** What an {@link Engine} is made of. */
export interface EngineOptions {
  limits: SocketLimits
  /** The shortest time in use, ms; decides how finely the timers run. */
  shortestTime: number
  maxSessions: number
  generateId?: PublicEngine['generateId']
  log: FastifyBaseLogger
}

/** What a handshake gives its session. */
export interface HandshakeInit {
  /** What {@link Engine.newId} has made. */
  id: string
  request: IncomingMessage
  remoteAddress: string
  context: unknown
  dialect: (socket: DialectSocket) => Dialect
}

const ID = /^[\w-]{1,100}$/
/** Half a percent of the shortest time is fine enough, and so are ten ticks a second. */
const resolutionFor = (shortestTime: number): number => Math.min(Math.max(Math.floor(shortestTime / 200), 1), 100)

/** The sessions of one registration. */
export class Engine extends EventEmitter<EngineEvents> implements PublicEngine {
  readonly wheel: TimerWheel
  readonly #options: EngineOptions
  readonly #sessions = new Map<string, Socket>()
  #clientsCount = 0
  #closing = false
  generateId: PublicEngine['generateId']

  constructor (options: EngineOptions) {
    super()
    this.#options = options
    this.wheel = new TimerWheel(resolutionFor(options.shortestTime))
    // 120 random bits in 20 characters: as long as the old server's ids, and they hold no `:`, `/` or `?` (WIRE.md 2).
    this.generateId = options.generateId ?? (() => randomBytes(15).toString('base64url'))
  }

  get sessions (): ReadonlyMap<string, Socket> { return this.#sessions }
  get clientsCount () { return this.#clientsCount }
  get closing () { return this.#closing }
  get full () { return this.#sessions.size >= this.#options.maxSessions }

  /** An id for a session. @throws FST_SIO_INVALID_ID when `generateId` makes none that can be used, and what it throws itself. */
  async newId (request: IncomingMessage): Promise<string> {
    return this.#checked(await this.generateId(request))
  }

  #checked (id: unknown): string {
    if (typeof id !== 'string' || !ID.test(id) || this.#sessions.has(id)) throw new InvalidIdError(JSON.stringify(id))
    return id
  }

  /** Opens a session. @throws FST_SIO_INVALID_ID when the id is in use. */
  handshake ({ id, request, remoteAddress, context, dialect }: HandshakeInit): Socket {
    this.#checked(id)
    const socket = new Socket({
      id,
      request,
      remoteAddress,
      context,
      dialect,
      limits: this.#options.limits,
      wheel: this.wheel,
      log: this.#options.log,
      onEnd: this.#onEnd
    })
    this.#sessions.set(id, socket)
    return socket
  }

  readonly #onEnd = (socket: Socket, wasOpen: boolean): void => {
    this.#sessions.delete(socket.id)
    if (wasOpen) this.#clientsCount--
  }

  /** Gives a session its next transport. The first one connects it. */
  attach (socket: Socket, transport: Transport): void {
    if (socket.readyState !== 'opening') return socket.attach(transport)
    this.#clientsCount++
    socket.open(transport, () => this.emit('connection', socket))
  }

  /** Lets listeners add headers to an answer. */
  headers (req: IncomingMessage, initial: boolean): Record<string, string | string[]> {
    const headers: Record<string, string | string[]> = {}
    if (initial) this.emit('initial_headers', headers, req)
    this.emit('headers', headers, req)
    return headers
  }

  /** Tells 'connection_error' listeners of a refused request. */
  refused (req: IncomingMessage, code: ConnectionErrorCode, context: Record<string, unknown>): void {
    this.emit('connection_error', { req, code, message: CONNECTION_ERRORS[code], context })
  }

  close (): this {
    this.#closing = true
    for (const socket of [...this.#sessions.values()]) socket.end('forced close')
    return this
  }
}
