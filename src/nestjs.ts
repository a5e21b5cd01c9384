// The adapter for NestJS: gateways on the plugin instead of socket.io's own server. Nest calls it while it initializes the application, before Fastify loads plugins.
import type { INestApplication, WebSocketAdapter, WsMessageHandler } from '@nestjs/common'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Observable } from 'rxjs'
import type { Namespace, Server, ServerOptions, Socket } from 'socket.io'
import type { GatewayOptions, NestjsOptions } from '../types/nestjs.js'
import type { SocketioTransportsOptions } from '../types/options.js'
import { GatewayPortError } from './errors.js'
import { answerMessages } from './nestjs/messages.js'
import { differences } from './nestjs/gateway-options.js'
import { fastifyOf } from './nestjs/host.js'
import { logOf } from './nestjs/log.js'
import { makeServer, warnOfUnused } from './official-server.js'
import { readOptions } from './options.js'
import { Registration } from './registration.js'
import { serve } from './serve.js'
import { fromServerOptions } from './server-options/convert.js'
import { unusedOf } from './server-options/unused.js'

export { sessionOf } from './nestjs/session-of.js'

/** What a path serves. */
interface Served {
  readonly options: SocketioTransportsOptions
  readonly server: Server
  readonly registration: Registration
}

const pathOf = ({ path }: { path?: string }): string => readOptions(path === undefined ? {} : { path }).path

/** The adapter. */
export class SocketioTransportsAdapter implements WebSocketAdapter<Server | Namespace, Socket, GatewayOptions> {
  readonly #fastify: FastifyInstance
  readonly #options: NestjsOptions
  readonly #log: FastifyBaseLogger
  readonly #served: Served[] = []
  #isLoaded = false
  /** By Server: the options of the gateway that was the first on its path. */
  readonly #first = new Map<Server, Partial<ServerOptions>>()

  /** @throws FST_SIO_NOT_FASTIFY or FST_SIO_TOO_LATE */
  constructor (app: INestApplication, options: NestjsOptions = {}) {
    this.#fastify = fastifyOf(app)
    this.#options = options
    this.#log = logOf(this.#fastify)
    warnOfUnused(options.io ?? {}, this.#log)
  }

  create (port: number, { namespace, server, ...given }: GatewayOptions = {}): Server | Namespace {
    const io = server ?? this.createIOServer(port, given)
    const first = this.#first.get(io)
    if (first === undefined) this.#first.set(io, given)
    else this.#warnOfShared(given, first)
    return namespace ? io.of(namespace) : io
  }

  /** @throws FST_SIO_GATEWAY_PORT, FST_SIO_BAD_OPTION or FST_SIO_MISSING_PEER */
  createIOServer (port: number, given: Partial<ServerOptions> = {}): Server {
    if (port !== 0) throw new GatewayPortError(port)
    const { io, ...own } = this.#options
    const serverOptions = { ...io, ...given }
    const converted = fromServerOptions(given)
    const options: SocketioTransportsOptions = {
      ...(serverOptions.parser && { parser: serverOptions.parser }),
      ...own,
      ...converted,
      // The port of the policy is one for the whole app.
      ...(this.#served.length > 0 && { flashPolicy: false })
    }
    const path = pathOf(options)
    const before = this.#served.find(({ registration }) => registration.settings.path === path)
    if (before !== undefined) return before.server
    for (const sentence of unusedOf(given, converted)) this.#log.warn(`@WebSocketGateway: ${sentence}`)
    const registration = new Registration(options, this.#log)
    const server = makeServer(serverOptions)
    registration.bind(this.#fastify, server, { closes: true })
    const served = { options, server, registration }
    this.#served.push(served)
    if (this.#served.length === 1) this.#fastify.register(fp(async (app) => this.#load(app), { fastify: '5.x', name: 'fastify-socketio-transports' }))
    else if (this.#isLoaded) this.#serveApart(this.#fastify, served)
    return server
  }

  /**
   * Serves all paths, when Fastify loads its plugins. Nest has connected the gateways by then, in an order of its own. So the path that decorates the app is the default
   * path, if a gateway has it. The others need a scope of their own.
   */
  async #load (app: FastifyInstance): Promise<void> {
    this.#isLoaded = true
    const path = pathOf(this.#options)
    const main = this.#served.find(({ registration }) => registration.settings.path === path) ?? this.#served[0]
    if (main !== undefined) await serve(app, main.options, main.registration)
    for (const one of this.#served) if (one !== main) this.#serveApart(app, one)
  }

  #serveApart (app: FastifyInstance, { options, registration }: Served): void {
    app.register(async (scope) => serve(scope, options, registration))
  }

  #warnOfShared (given: Partial<ServerOptions>, first: Partial<ServerOptions>): void {
    for (const name of differences(given, first)) {
      this.#log.warn(`@WebSocketGateway: ${name} has no effect, because another gateway has opened the path before: set it there, or in the options of SocketioTransportsAdapter`)
    }
  }

  bindClientConnect (server: Server | Namespace, callback: (socket: Socket) => void): void {
    server.on('connection', callback)
  }

  bindClientDisconnect (client: Socket, callback: (reason: string) => void): void {
    client.once('disconnect', callback)
  }

  closeClient (client: Socket): void {
    client.disconnect(true)
  }

  bindMessageHandlers (client: Socket, handlers: WsMessageHandler[], transform: (data: unknown) => Observable<unknown>): void {
    answerMessages(client, handlers, { transform, log: this.#log })
  }

  /** Nest calls it for each Server and namespace, before it closes Fastify. Clients are served until the last one has left. */
  async close (server: Server | Namespace): Promise<void> {
    const registration = this.#served.find((served) => served.server === server)?.registration
    await registration?.drain?.()
    await registration?.part()
    await registration?.end()
  }

  async dispose (): Promise<void> {}
}
