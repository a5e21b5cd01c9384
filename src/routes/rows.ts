// Routes as data. A row is an object with Fastify's own route options. `engineIoRows()` and `revision1Rows()` return rows, and `index.ts` adds them to a scope.
import type {
  FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault, RouteGenericInterface, RouteOptions
} from 'fastify'
import { MAX_TIME } from '../options.js'
import type { DialectName, TransportName } from '../session/transport.js'

/** The options of one route. */
export type Row<Route extends RouteGenericInterface> = RouteOptions<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, Route>

/** A hook of one route. */
export type Hook<Route extends RouteGenericInterface = RouteGenericInterface> =
  (request: FastifyRequest<Route>, reply: FastifyReply, done: (error?: Error) => void) => void

/** The options of a route, without its URL. */
export interface RowOptions<Route extends RouteGenericInterface> extends Omit<Row<Route>, 'url'> {
  /**
   * Whether a response stays open until there is a packet to send. If so, the host's `handlerTimeout` does not apply: it would answer parked polls with 503,
   * and end streams.
   */
  isHeldOpen?: boolean
}

/** Makes the rows of one URL below the option `path`. */
export type ToRows<Route extends RouteGenericInterface> = (url: string, transport: TransportName | null, options: RowOptions<Route>) => Row<Route>[]

/** Options of a route for OPTIONS. The hook `onRequest` answers these requests. */
export const PREFLIGHT = { method: 'OPTIONS', handler: () => {} } as const

/** The host's options that the plugin depends on. */
interface HostOptions {
  ignoreTrailingSlash?: boolean
  caseSensitive?: boolean
  handlerTimeout?: number
  bodyLimit?: number
  maxParamLength?: number
  connectionTimeout?: number
  http2?: boolean
  https?: unknown
}

/** Returns the host's options that the plugin depends on. Fastify accepts some of them at the top level and in `routerOptions`. */
export function hostOptions ({ initialConfig }: FastifyInstance): HostOptions {
  return { ...initialConfig, ...initialConfig.routerOptions }
}

/** Options that all rows of a dialect share. */
interface Shared {
  readonly host: FastifyInstance
  readonly path: string
  readonly dialect: DialectName
  readonly schema?: FastifySchema
  /** Bytes. */
  readonly maxPayload: number
}

/** Returns a function that makes the rows of one dialect. Each URL has two: with and without a slash at its end, unless the host's router ignores it. */
export function rowMaker <Route extends RouteGenericInterface> ({ host, path, dialect, schema = {}, maxPayload }: Shared): ToRows<Route> {
  const { ignoreTrailingSlash, handlerTimeout, bodyLimit: limitOfHost = maxPayload } = hostOptions(host)
  const endings = ignoreTrailingSlash ? [''] : ['', '/']
  const bodyLimit = Math.min(maxPayload, limitOfHost)
  const hidden: FastifySchema & { hide: true } = { ...schema, hide: true } // keeps the route out of the application's API documentation
  return (url, transport, { isHeldOpen = false, ...options }) => endings.map((ending) => ({
    exposeHeadRoute: false, // a HEAD would consume the answer of a poll
    schema: hidden,
    config: { socketio: { transport, dialect } },
    bodyLimit, // for bodies that are not used; routes of POSTs with packets set maxPayload
    ...(isHeldOpen && handlerTimeout && { handlerTimeout: MAX_TIME }),
    ...options,
    url: path + url + ending
  }))
}
