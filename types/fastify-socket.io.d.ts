/// <reference path="./without-socket.io.d.ts" />
// This file does not declare the type of `app.io`: an application for fastify-socket.io declares it, with the types of its events.
import type { FastifyPluginAsync } from 'fastify'
import type { ServerOptions } from 'socket.io'

/** The options of socket.io's Server, and `preClose`. */
export type FastifySocketioOptions = Partial<ServerOptions> & {
  /**
   * Called before the server closes, instead of the default `app.io.local.disconnectSockets(true)`. The server closes when this function has
   * called `done`. Clients that are still connected then are disconnected in a way that makes them reconnect.
   */
  preClose?: (done: (error?: Error) => void) => void
}

/** A replacement of the plugin fastify-socket.io on top of fastify-socketio-transports. It always sets `app.io` to the Server. */
export declare const socketioServer: FastifyPluginAsync<FastifySocketioOptions>
export default socketioServer
