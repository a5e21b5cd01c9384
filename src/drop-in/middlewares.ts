// `io.engine.use(middleware)`: middlewares in the form of Express, which run for every request of clients.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import { RefusedRequest } from '../errors.js'

/** The form that engine.io accepts. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

/** The middlewares of one registration, in the order of `use`. */
export class Middlewares {
  readonly #list: Middleware[] = []
  /** The responses to upgrades, with the headers that middlewares have set. `ws` writes the response itself, without them. */
  readonly #upgrades = new WeakMap<IncomingMessage, ServerResponse>()

  readonly add = (middleware: Middleware): void => { this.#list.push(middleware) }

  /** Runs the middlewares for requests at or below the path, in routes that are added from now on. */
  watch (app: FastifyInstance, path: string): void {
    const own = `${app.prefix}${path}`
    app.addHook('onRoute', (route) => {
      if (route.config?.socketio === undefined || !(route.url === own || route.url.startsWith(`${own}/`))) return
      route.onRequest = [this.#run, ...[route.onRequest ?? []].flat()]
    })
  }

  /** Adds the headers that middlewares have set to the response of an upgrade. A listener of 'headers'. */
  readonly addHeaders = (headers: Record<string, string | string[]>, request: IncomingMessage): void => {
    const set = this.#upgrades.get(request)?.getHeaders() ?? {}
    for (const [name, value = ''] of Object.entries(set)) headers[name] = Array.isArray(value) ? value : String(value)
  }

  readonly #run: onRequestHookHandler = (request, reply, done) => {
    // Requests for the client's files have no "transport". They belong to no session.
    if (this.#list.length === 0 || !('transport' in (request.query as object))) return done()
    if (request.raw.headers.upgrade !== undefined) this.#upgrades.set(request.raw, reply.raw)
    const next = (i: number): void => {
      const middleware = this.#list[i]
      if (middleware === undefined) return done()
      middleware(request.raw, reply.raw, (error) => error
        ? done(new RefusedRequest('bad request', 'a middleware of io.engine.use failed', { name: 'MIDDLEWARE_FAILURE', err: error }))
        : next(i + 1))
    }
    next(0)
  }
}
