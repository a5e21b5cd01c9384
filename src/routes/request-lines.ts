// Fastify's own log lines of the plugin's requests, "incoming request" and others: ids of sessions in them, and their level. Set at registration, route by route.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { showIds } from '../observation/shown-ids.js'
import type { ShowId } from '../observation/shown-ids.js'
import type { Settings } from '../options.js'
import { sessionIdOf } from './query.js'

type Serializer = (value: unknown) => unknown

/** pino's documented name of the serializers of a logger. Other loggers have none, and write requests in their own way. */
const SERIALIZERS = Symbol.for('pino.serializers')

/** The serializers that log requests and replies. */
const NAMES = ['req', 'res'] as const

/** Levels at which Fastify's lines of requests, which are at `info`, are written. */
const WITH_REQUESTS: ReadonlySet<string> = new Set(['', 'trace', 'debug', 'info'])

/** Returns the id of the session that a request or reply belongs to; empty if there is none. */
function idOf (value: unknown): string {
  const { request = value }: { request?: unknown } = Object(value)
  const { routeOptions, raw }: Partial<FastifyRequest> = Object(request)
  const dialect = routeOptions?.config.socketio?.dialect
  return dialect === undefined || raw === undefined ? '' : sessionIdOf(request as FastifyRequest, dialect)
}

/** Shows the ids in what a serializer makes of a request or reply. */
const wrap = (serializer: Serializer, showId: ShowId): Serializer => (value) => showIds(serializer(value), idOf(value), showId)

/** Applies the options `logSessionIds` and `logRequests` to the routes that are added to the scope from now on. */
export function setRequestLines (scope: FastifyInstance, { logSessionIds, logRequests }: Pick<Settings, 'logSessionIds' | 'logRequests'>, showId: ShowId): void {
  const { [SERIALIZERS]: ofLogger = {} }: { [SERIALIZERS]?: Record<string, Serializer> } = Object(scope.log)
  scope.addHook('onRoute', (route) => {
    const { logSerializers: ofRoute, logLevel = '' } = route
    if (!logRequests && WITH_REQUESTS.has(logLevel)) route.logLevel = 'warn'
    if (logSessionIds === 'whole') return
    const wrapped = NAMES.flatMap((name) => {
      const serializer: Serializer | undefined = ofRoute?.[name] ?? ofLogger[name]
      return serializer === undefined ? [] : [[name, wrap(serializer, showId)] as const]
    })
    if (wrapped.length > 0) route.logSerializers = Object.assign(Object.create(ofRoute ?? null), Object.fromEntries(wrapped))
  })
}
