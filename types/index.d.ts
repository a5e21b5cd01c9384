/// <reference path="./without-socket.io.d.ts" />
import type { FastifyPluginAsync } from 'fastify'
import type { Server } from 'socket.io'
import type { Engine } from './engine.js'
import type { SocketioTransportsOptions } from './options.js'
import type { DialectName, Socket, SocketioTypes, TransportName } from './socket.js'

export type * from './engine.js'
export type * from './options.js'
export type * from './packet.js'
export type * from './reasons.js'
export type * from './socket.js'

/** What a route of this plugin serves; found as `request.routeOptions.config.socketio`. */
export interface SocketioRouteConfig {
  /** The transport, or null on routes that serve none (handshake, refusals). */
  readonly transport: TransportName | null
  readonly dialect: DialectName
}

/** A base of FastifyInstance, so that an application may declare its own type of `app.io`, as applications of fastify-socket.io do. */
interface OfficialServerDecorator {
  /** The official Server, when the option `io` is set; else reading it throws FST_SIO_NO_SERVER. Its type can be set in `SocketioTypes`. If socket.io is not installed, the type is `SocketioIsNotInstalled`. */
  io: SocketioTypes extends { server: infer OwnServer } ? OwnServer : Server
}

declare module 'fastify' {
  interface FastifyInstance extends OfficialServerDecorator {
    /** The sessions of fastify-socketio-transports. */
    socketio: Engine
  }
  interface FastifyRequest {
    /** The session that this request belongs to, if any. */
    readonly socketio: Socket | null
  }
  interface FastifyContextConfig {
    socketio?: SocketioRouteConfig
  }
}

/** The plugin: serves the transports of Socket.IO as Fastify routes. */
export declare const socketioTransports: FastifyPluginAsync<SocketioTransportsOptions>
export default socketioTransports
