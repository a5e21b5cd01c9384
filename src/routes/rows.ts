// Routes as data: Fastify's own options. `engineIoRows()` and `revision1Rows()` return rows, and `index.ts` adds them to a scope.
import type {
  FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault, RouteGenericInterface, RouteOptions
} from 'fastify'
import { MAX_TIME } from '../options.js'
import type { DialectName, TransportName } from '../session/transport.js'

/** One route. */
export type Row<Route extends RouteGenericInterface> = RouteOptions<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, Route>

/** A hook of one route. */
export type Hook<Route extends RouteGenericInterface = RouteGenericInterface> =
  (request: FastifyRequest<Route>, reply: FastifyReply, done: (error?: Error) => void) => void

/** The options of a route, without its URL. */
export interface RowOptions<Route extends RouteGenericInterface> extends Omit<Row<Route>, 'url'> {
  /**
   * Whether a response stays open until there is something to send. The host's own `handlerTimeout` would answer parked polls with 503 and end
   * streams.
   */
  isHeldOpen?: boolean
}

/** Makes the rows of one URL below the path. */
export type ToRows<Route extends RouteGenericInterface> = (url: string, transport: TransportName | null, options: RowOptions<Route>) => Row<Route>[]

/** The hook `onRequest` answers it. */
export const PREFLIGHT = { method: 'OPTIONS', handler: () => {} } as const

/** The host's options that routes depend on, from both places where Fastify takes them. */
export function hostOptions ({ initialConfig }: FastifyInstance): { ignoreTrailingSlash?: boolean, caseSensitive?: boolean, handlerTimeout?: number, bodyLimit?: number } {
  return { ...initialConfig, ...initialConfig.routerOptions }
}

/** What all rows of a dialect share. */
interface Shared {
  readonly host: FastifyInstance
  readonly path: string
  readonly dialect: DialectName
  readonly schema: FastifySchema
  /** bytes */
  readonly maxPayload: number
}

/** Makes rows below `path` for requests of one dialect. A URL has two rows: with a slash at its end and without, unless the host's router ignores it. */
export function rowMaker <Route extends RouteGenericInterface> ({ host, path, dialect, schema, maxPayload }: Shared): ToRows<Route> {
  const { ignoreTrailingSlash, handlerTimeout, bodyLimit: limitOfHost = maxPayload } = hostOptions(host)
  const endings = ignoreTrailingSlash ? [''] : ['', '/']
  const bodyLimit = Math.min(maxPayload, limitOfHost)
  const hidden: FastifySchema & { hide: true } = { hide: true, ...schema } // from the documentation of the application's API
  return (url, transport, { isHeldOpen = false, ...options }) => endings.map((ending) => ({
    exposeHeadRoute: false, // a HEAD would take the answer of a poll
    schema: hidden,
    config: { socketio: { transport, dialect } },
    bodyLimit, // for bodies that nobody reads; POSTs with packets have maxPayload
    ...(isHeldOpen && handlerTimeout && { handlerTimeout: MAX_TIME }),
    ...options,
    url: path + url + ending
  }))
}
