// Warnings of settings of the app's server with which clients cannot connect or stay. Settings that were tried and do no harm: requestTimeout, headersTimeout,
// keepAliveTimeout, maxRequestsPerSocket, bodyLimit, handlerTimeout, and the other options of the router.
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Settings } from './options.js'
import { hostOptions } from './routes/rows.js'
import { isRevision1, TRANSPORTS } from './transports/index.js'
import type { TransportRow } from './transports/index.js'

/** Characters of a session id. */
const ID_LENGTH = 20
const LONGEST_ID_LENGTH = 100

/** A time for which a connection carries nothing while the server holds a request of a client. */
interface Silence {
  readonly option: 'pingInterval' | 'pollingDuration' | 'heartbeatInterval'
  readonly requests: string
  isServed (settings: Settings): boolean
}

const hasKind = (kind: TransportRow['kind']) => ({ dialects, transports }: Settings): boolean =>
  dialects.includes('revision 1') && transports.some((name) => isRevision1(name) && TRANSPORTS[name].kind === kind)

/** WebSockets are not in the table: the timeout does not apply to them. */
const SILENCES: readonly Silence[] = [
  {
    option: 'pingInterval',
    requests: 'polls of clients 1.x to 4.x',
    isServed: ({ dialects, transports }) => transports.includes('polling') && dialects.some((dialect) => dialect !== 'revision 1')
  },
  { option: 'pollingDuration', requests: 'polls of clients up to 0.9', isServed: hasKind('poll') },
  { option: 'heartbeatInterval', requests: 'htmlfile and xhr-multipart streams', isServed: hasKind('stream') }
]

/** Fastify's router does not match a URL with a longer parameter. In revision 1 the session id is a parameter of the path, in Engine.IO one of the query. */
function ofParameters (app: FastifyInstance, { dialects, generateId, cluster }: Settings): string[] {
  const { maxParamLength = Infinity } = hostOptions(app)
  const length = ID_LENGTH + (cluster?.tag.length ?? 0)
  const needed = generateId === undefined ? length : LONGEST_ID_LENGTH
  if (!dialects.includes('revision 1') || maxParamLength >= needed) return []
  const ids = generateId === undefined ? `session ids have ${length} characters` : 'generateId may return longer session ids'
  return [`maxParamLength is ${maxParamLength}, and ${ids}: Fastify does not find the routes of longer ones, so clients up to 0.9 cannot connect; set maxParamLength to ${needed} or more`]
}

/** Only HTTP/1.1 has upgrades. */
function ofHttp2 (app: FastifyInstance, { transports }: Settings): string[] {
  const { http2, https } = hostOptions(app)
  if (http2 !== true || Object(https).allowHTTP1 === true || !transports.includes('websocket')) return []
  return ['http2 is true without https.allowHTTP1: clients cannot open WebSockets, and those that try nothing else cannot connect; ' +
    'set https: { allowHTTP1: true }, or leave "websocket" out of the option "transports"']
}

/** Node closes a connection on which nothing was sent for this long. 0: never. */
function ofTimeout (app: FastifyInstance, settings: Settings): string[] {
  const { timeout }: { timeout?: number } = app.server
  const { http2, connectionTimeout } = hostOptions(app)
  if (!timeout || http2 === true) return [] // for HTTP/2, Fastify replaces the timeout
  const longer = SILENCES.filter(({ option, isServed }) => isServed(settings) && timeout <= (settings[option] || Infinity))
  if (longer.length === 0) return []
  const name = timeout === connectionTimeout ? 'connectionTimeout' : 'app.server.timeout'
  const times = longer.map(({ option }) => `${option} (${settings[option]})`).join(' and ')
  const needed = Math.max(...longer.map(({ option }) => settings[option] || Infinity))
  const advice = needed === Infinity ? 'set it to 0 for none' : `set it above ${needed}, or to 0 for none`
  return [`${name} is ${timeout} ms, not above ${times}: Node closes ${longer.map(({ requests }) => requests).join(', ')} before they are answered, so these clients reconnect again and again; ${advice}`]
}

/** Logs the warnings, those of `app.server` when the app is ready. */
export function warnOfHost (app: FastifyInstance, settings: Settings, log: FastifyBaseLogger): void {
  for (const warning of [...ofParameters(app, settings), ...ofHttp2(app, settings)]) log.warn(warning)
  app.addHook('onReady', async () => {
    for (const warning of ofTimeout(app, settings)) log.warn(warning)
  })
}
