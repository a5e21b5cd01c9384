/// <reference path="./without-socket.io.d.ts" />
import type { FastifyPluginAsync } from 'fastify'
import type { Server, ServerOptions } from 'socket.io'
import type { Engine } from './engine.js'
import type { Observation } from './observation.js'
import type { SocketioTransportsOptions } from './options.js'
import type { DialectName, Socket, SocketioTypes, TransportName } from './socket.js'

export type { Cluster, ClusterNode } from './cluster.js'
export type * from './engine.js'
export type * from './metrics.js'
export type * from './observation.js'
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
    /** The tag of the node that has the session of this request, if it is another node (the option `cluster`); otherwise null. */
    readonly socketioNode: string | null
  }
  interface FastifyContextConfig {
    socketio?: SocketioRouteConfig
  }
}

/** The plugin: serves the transports of Socket.IO as Fastify routes. */
export declare const socketioTransports: FastifyPluginAsync<SocketioTransportsOptions>
export default socketioTransports

/**
 * What happens to sessions, as channels of `node:diagnostics_channel`: `channels.open.subscribe(({ socket }) => …)`. They are those of the whole process; each
 * message has its `engine`.
 */
export declare const channels: Observation

/**
 * Converts those options of socket.io's Server that concern transports to options of the plugin. Only what is given is converted; for the rest, the plugin's defaults
 * are in force, not socket.io's: every generation is served, and `maxQueueBytes` bounds what waits for a client. To the Server itself, give the same
 * options: `const server = new Server(given)`, `register(plugin, { ...fromServerOptions(given), io: server })`.
 *
 * - `transports`: `polling` is every transport without a WebSocket, those of revision 1 included. `webtransport` is not served.
 * - `allowEIO3: true`: clients of Engine.IO that send no version are served, too (`assumeEngine3`). `false`: only Engine.IO 4 is served.
 * - `maxHttpBufferSize` is `maxPayload`, and `allowRequest` is `authorize`. To send messages above 16 MiB, set `maxQueueBytes`, too.
 * - `serveClient: true`: the folder of the current client, which needs the package @fastify/static.
 * - `httpCompression`, `wsEngine`, `initialPacket`, `destroyUpgrade` and `destroyUpgradeTimeout`, and in `cors` what only responses to preflights have, are left out.
 * @throws FST_SIO_BAD_OPTION when `cors` is a function of the request; only `cors.origin` may be a function.
 * @throws FST_SIO_MISSING_PEER for `serveClient: true` when socket.io is not installed.
 */
export declare function fromServerOptions (given: Partial<ServerOptions>): SocketioTransportsOptions
