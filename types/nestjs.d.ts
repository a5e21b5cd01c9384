import type { INestApplication, WebSocketAdapter, WsMessageHandler } from '@nestjs/common'
import type { Observable } from 'rxjs'
import type { Namespace, Server, ServerOptions, Socket as ServerSocket } from 'socket.io'
import type { Socket, SocketioTransportsOptions } from './index.js'

/** The options of the adapter: those of the plugin, for every path. */
export interface NestjsOptions extends Omit<SocketioTransportsOptions, 'io'> {
  /** Options of every Server, such as `connectionStateRecovery`. */
  io?: Partial<ServerOptions>
}

/** The options of a gateway, as Nest hands them to an adapter. */
export interface GatewayOptions extends Partial<ServerOptions> {
  namespace?: string | RegExp
  /** Given by Nest when another gateway has opened the path before. */
  server?: Server
}

/**
 * The adapter for NestJS: serves the gateways of an application with FastifyAdapter. Every generation of clients is served, and other origins only if
 * `cors.origin` allows them.
 *
 * The options are for all gateways. Options of `@WebSocketGateway` are those of socket.io's Server. They are converted as by `fromServerOptions`, and come before the
 * options of the adapter. Gateways with the same `path` share one Server, which has the options of the one that Nest connects first.
 *
 * The default path (if no gateway has it, the first one) decorates Fastify: `app.getHttpAdapter().getInstance().socketio` is its Engine, and `.io` its Server.
 */
export declare class SocketioTransportsAdapter implements WebSocketAdapter<Server | Namespace, ServerSocket, GatewayOptions> {
  /**
   * @throws FST_SIO_NOT_FASTIFY when the application has another HTTP adapter than FastifyAdapter.
   * @throws FST_SIO_TOO_LATE after `app.init()` or `app.listen()`.
   */
  constructor (app: INestApplication, options?: NestjsOptions)
  /** Called by Nest for each path and each namespace. */
  create (port: number, options?: GatewayOptions): Server | Namespace
  /**
   * Makes the Server of a path. Override it to change the options, or to give the Server an adapter, as in Nest's documentation: `const server =
   * super.createIOServer(port, options); server.adapter(createAdapter(pubClient, subClient)); return server`. The Engine of the path is `server.engine`.
   * @throws FST_SIO_GATEWAY_PORT for another port than 0, which is that of the application.
   * @throws FST_SIO_BAD_OPTION for a wrong option.
   * @throws FST_SIO_MISSING_PEER when socket.io is not installed.
   */
  createIOServer (port: number, options?: Partial<ServerOptions>): Server
  /** Called by Nest. */
  bindClientConnect (server: Server | Namespace, callback: (socket: ServerSocket) => void): void
  /** Called by Nest. */
  bindClientDisconnect (client: ServerSocket, callback: (reason: string) => void): void
  /** Called by Nest. */
  closeClient (client: ServerSocket): void
  /** Called by Nest. */
  bindMessageHandlers (client: ServerSocket, handlers: WsMessageHandler[], transform: (data: unknown) => Observable<unknown>): void
  /**
   * Called by Nest when the application closes, after `beforeApplicationShutdown` and before it closes Fastify. Resolves when all clients have left: within
   * `drainTimeout` one by one, otherwise at once; packets under way are delivered.
   */
  close (server: Server | Namespace): Promise<void>
  /** Called by Nest after {@link close}. Override it to close what `createIOServer` has opened. */
  dispose (): Promise<void>
}

/**
 * Returns the session below a socket of a gateway; `sessionOf(client)?.context` is the value that `authorize` returned. `undefined` for a socket of another engine.
 */
export declare function sessionOf (client: { readonly conn: unknown }): Socket | undefined
