// An application written for fastify-socket.io says itself what `app.io` is, with the types of its events: nothing is declared here.
import type { FastifyPluginAsync } from 'fastify'
import type { ServerOptions } from 'socket.io'

/** The options of socket.io's Server, and what happens when the application closes. */
export type FastifySocketioOptions = Partial<ServerOptions> & {
  /**
   * Called before the server closes, instead of the default `app.io.local.disconnectSockets(true)`; the server closes once it
   * has called `done`. Clients that are still connected then are let go in a way that makes them come back.
   */
  preClose?: (done: (error?: Error) => void) => void
}

/** fastify-socket.io, on the transports of fastify-socketio-transports. `app.io` is the Server, without asking. */
export declare const socketioServer: FastifyPluginAsync<FastifySocketioOptions>
export default socketioServer
