// How the routes of every dialect are added: in the spellings that the host does not take for one, hidden from its API documentation.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { MAX_TIME } from '../options.js'
import type { DialectName, TransportName } from '../session/transport.js'

/** A hook of one route. */
export type PreHandler = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/** Adds one route below the path. */
export type AddRoute = (url: string, transport: TransportName | null, options: Omit<RouteOptions, 'url'>) => void

/** Answered in `onRequest`. */
export const PREFLIGHT = { method: 'OPTIONS', handler: () => {} } as const

/** The host's options that matter here, wherever it has set them. */
export function hostOptions ({ initialConfig }: FastifyInstance): { ignoreTrailingSlash?: boolean, caseSensitive?: boolean, handlerTimeout?: number, bodyLimit?: number } {
  return { ...initialConfig, ...initialConfig.routerOptions }
}

/**
 * Options of GETs that are held open: the host's own timeout would answer parked polls with 503 and end streams. Without one,
 * requests are spared the timer.
 */
export function longPollOptions (scope: FastifyInstance): { handlerTimeout?: number } {
  return hostOptions(scope).handlerTimeout ? { handlerTimeout: MAX_TIME } : {}
}

interface Routes {
  readonly scope: FastifyInstance
  /** Where routes go that take WebSockets. */
  readonly upgrades: RouteOptions[]
  readonly path: string
  readonly dialect: DialectName
  readonly schema: object
  /** bytes */
  readonly maxPayload: number
}

/** Adds routes below `path` whose requests speak `dialect`. */
export function routeAdder ({ scope, upgrades, path, dialect, schema, maxPayload }: Routes): AddRoute {
  const endings = hostOptions(scope).ignoreTrailingSlash ? [''] : ['', '/']
  const bodyLimit = Math.min(maxPayload, hostOptions(scope).bodyLimit ?? maxPayload)
  return function addRoute (url, transport, options) {
    for (const ending of endings) {
      const route: RouteOptions = {
        exposeHeadRoute: false, // a HEAD must not eat a poll
        schema: { hide: true, ...schema } as object, // no part of the application's documented API
        config: { socketio: { transport, dialect } },
        bodyLimit, // unless packets come in it, nobody looks at it
        ...options,
        url: path + url + ending
      }
      if (options.wsHandler === undefined) scope.route(route)
      else upgrades.push(route)
    }
  }
}
