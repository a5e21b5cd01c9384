import type { FastifyPluginAsync, FastifyRequest, onRequestHookHandler, preHandlerHookHandler } from 'fastify'
import type { Cluster } from './cluster.js'
import type { Engine } from './engine.js'
import type { Socket } from './socket.js'

/** Options of the inspector. One of `authorize`, `onRequest`, `preHandler` and `allowAnyone` is needed. Give Fastify's `prefix`, too. */
export interface InspectorOptions {
  /**
   * Decides on each request, files of the page included. Only `true` lets it in; anything else is answered with 403. Runs as a hook `preHandler`, behind those of the application and
   * behind the options `onRequest` and `preHandler`.
   */
  readonly authorize?: (request: FastifyRequest) => boolean | Promise<boolean>
  /** Hooks of the application that refuse strangers, for example `app.basicAuth` of @fastify/basic-auth. */
  readonly onRequest?: onRequestHookHandler | readonly onRequestHookHandler[]
  /** Hooks of the application that refuse strangers, for example `app.auth([…])` of @fastify/auth. */
  readonly preHandler?: preHandlerHookHandler | readonly preHandlerHookHandler[]
  /** Serves everyone who can reach the server. For a server that only its developer can reach. Default: the registration without an authorization fails. */
  readonly allowAnyone?: boolean
  /** Serves no buttons: sessions cannot be ended, and the server cannot be drained. Default `false`. */
  readonly readOnly?: boolean
  /**
   * Returns the name of a session's user, which is shown and searched. Default: `context`, if it is a text; else its `user`, `username`, `name`, `email`, `sub` or `id`.
   */
  readonly userOf?: (socket: Socket) => string | undefined
  /** The value of the option `cluster` of the registration: then the other nodes are shown. */
  readonly cluster?: Pick<Cluster, 'tag' | 'nodes'>
  /** The sessions to inspect. Default: `app.socketio`. */
  readonly engine?: Engine
}

/**
 * The plugin: a page that shows the sessions of this process. `app.register(inspector, { prefix: '/inspector', authorize: (request) => request.session.isOperator === true })`
 * @throws FST_SIO_UNGUARDED_INSPECTOR when no option says who may see it.
 * @throws FST_SIO_NOT_REGISTERED when the plugin itself is not registered before.
 * @throws FST_SIO_BAD_OPTION for a wrong option.
 */
export declare const inspector: FastifyPluginAsync<InspectorOptions>
export default inspector
