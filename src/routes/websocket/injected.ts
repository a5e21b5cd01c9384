// `app.injectWS(path)` of @fastify/websocket: WebSockets without a port, for tests of the app. Its request is a plain object with a URL and headers, but listeners
// of the official Server and middlewares expect a request of Node, with a connection. So it gets what it lacks.
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The requests of `injectWS`. */
const injected = new WeakSet<object>()

/** Makes a connection that is never opened. Its address is that of `app.inject`. */
const newConnection = (): Socket => Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' })

function complete (request: object): void {
  const { socket, connection = socket ?? newConnection() }: { socket?: Socket, connection?: Socket } = request
  injected.add(request)
  Object.setPrototypeOf(request, new IncomingMessage(connection))
  Object.assign(request, { socket: connection, httpVersionMajor: 1, httpVersionMinor: 1, complete: true })
}

/** Completes the injected requests of a scope, before all hooks of the scope that are added later. */
export function completeInjected (scope: FastifyInstance): void {
  scope.addHook('onRequest', ({ raw }, { raw: { socket: stream } }, done) => {
    if (!(raw instanceof Readable)) {
      complete(raw)
      // A connection closes when both sides have ended it. This stream does not, and ws would wait for 30 seconds.
      stream?.once('end', () => setImmediate(() => stream.destroy()))
    }
    done()
  })
}

/** Returns whether the request is one of `injectWS`. It has no connection that carries its WebSocket. */
export const isInjected = ({ raw }: FastifyRequest): boolean => injected.has(raw)

/**
 * Gives the app the `injectWS` of the scope, unless it has its own. Not before all plugins have loaded: @fastify/websocket cannot be registered where
 * there is one already.
 */
export function exposeInjectWS (app: FastifyInstance, scope: FastifyInstance): void {
  app.addHook('onReady', (done) => {
    if (!app.hasDecorator('injectWS')) Object.assign(app, { injectWS: scope.injectWS })
    done()
  })
}
