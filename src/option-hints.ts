// What to write instead of a wrong option: names of options in other libraries, names with a mistake, and values in another library's form. Pure.
import type { ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions } from '../types/options.js'

type ServerOption = keyof ServerOptions
type Own = keyof SocketioTransportsOptions

/** Options of socket.io's Server that have no effect, and the option of the plugin that replaces each. */
export const REPLACED = {
  path: 'path',
  transports: 'transports',
  cors: 'cors',
  allowRequest: 'authorize',
  maxHttpBufferSize: 'maxPayload',
  serveClient: 'serveClient',
  pingInterval: 'pingInterval',
  pingTimeout: 'pingTimeout',
  upgradeTimeout: 'upgradeTimeout',
  allowUpgrades: 'allowUpgrades',
  cookie: 'cookie',
  perMessageDeflate: 'perMessageDeflate',
  allowEIO3: 'dialects'
} as const satisfies Partial<Record<ServerOption, Own>>

/** Options of the Server that have no effect and no replacing option, and an advice for each. */
export const NOT_HERE = {
  httpCompression: 'register @fastify/compress to compress answers to polls',
  wsEngine: 'WebSockets are opened by @fastify/websocket',
  initialPacket: 'emit it on "connection"',
  destroyUpgrade: 'upgrade requests without a route are answered with 404',
  destroyUpgradeTimeout: 'upgrade requests without a route are answered with 404 at once',
  addTrailingSlash: 'the path is served with a slash at the end and without'
} as const satisfies Partial<Record<ServerOption, string>>

/** Options that stay with the Server. */
const OF_SERVER = ['adapter', 'connectTimeout', 'connectionStateRecovery', 'cleanupEmptyChildNamespaces'] as const satisfies ServerOption[]

const LOG = 'the log is that of Fastify: register(socketioTransports, { logLevel: \'warn\' })'
const FILES = 'the option "serveClient" serves the client by @fastify/static'
const CLIENT = 'it is an option of the client'
const PREFLIGHT = 'preflights are answered for GET, POST and any header'
const FASTIFY_CORS = 'register @fastify/cors for the whole app'

const didYouMean = (option: string): string => `did you mean "${option}"?`
const each = (names: readonly string[], hint: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, hint]))

/** Removes what differs between `heartbeat interval`, `heartbeat_interval` and `heartbeatInterval`. */
const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '')

/** Hints by the plain names of options: of socket.io 4 and 2, fastify-socket.io, socket.io 0.9, gevent-socketio and python-socketio, and of the clients. */
const HINTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(REPLACED).map(([name, ours]) => [plain(name), didYouMean(ours)])),
  ...Object.fromEntries(Object.entries(NOT_HERE).map(([name, advice]) => [plain(name), advice])),
  ...Object.fromEntries(OF_SERVER.map((name) => [plain(name), `it is an option of the Server: write io: { ${name} }`])),
  ...each(['origin', 'origins', 'corsallowedorigins'], didYouMean('cors.origin')),
  ...each(['credentials', 'corscredentials'], didYouMean('cors.credentials')),
  ...each(['methods', 'allowedheaders', 'handlepreflightrequest'], PREFLIGHT),
  ...each(['cookiepath', 'cookiehttponly'], didYouMean('cookie')),
  alloweio3: 'all generations are served, unless the option "dialects" excludes some',
  preclose: 'write app.addHook(\'preClose\', …); the option is known to fastify-socketio-transports/fastify-socket.io',
  bodylimit: didYouMean('maxPayload'),
  ...each(['resource', 'socketiopath'], didYouMean('path')),
  authorization: didYouMean('authorize'),
  destroybuffersize: didYouMean('maxPayload'),
  heartbeats: 'heartbeatInterval: false switches heartbeats off',
  matchoriginprotocol: 'the protocol of an origin is always compared',
  blacklist: 'the Server refuses its reserved names of events by itself',
  ...each(['flashpolicyserver', 'flashpolicyport', 'policyserver', 'policylistener'], didYouMean('flashPolicy')),
  ...each(['store', 'clientstoreexpiration', 'clientmanager'], 'write io: { adapter } with an adapter of socket.io'),
  ...each(['log', 'logger', 'loglevel', 'logcolors', 'logfile'], LOG),
  ...each(['handlerclass', 'wshandlerclass'], 'hooks of the app run for every request and upgrade of a client'),
  namespace: 'did you mean "path"? Namespaces are those of the Server: io.of(name)',
  ...each(['static', 'browserclient', 'browserclientcache', 'browserclientminification', 'browserclientetag', 'browserclientexpires', 'browserclientgzip', 'browserclienthandler'], FILES),
  ...each(['reconnect', 'reconnection', 'reconnectionattempts', 'maxreconnectionattempts', 'reconnectiondelay', 'reconnectiondelaymax', 'reconnectionlimit', 'trymultipletransports',
    'forcenew', 'forcenewconnection', 'autoconnect', 'withcredentials', 'rememberupgrade', 'extraheaders', 'multiplex'], CLIENT)
}

/** The same for names in `cors` and `flashPolicy`. */
const NESTED_HINTS: Readonly<Record<string, string>> = {
  ...each(['cors.methods', 'cors.allowedheaders'], PREFLIGHT),
  ...each(['cors.exposedheaders', 'cors.maxage', 'cors.preflightcontinue', 'cors.optionssuccessstatus', 'cors.preflight', 'cors.strictpreflight', 'cors.hidepreflight', 'cors.cachecontrol', 'cors.hook',
    'cors.delegator'], FASTIFY_CORS),
  ...each(['flashpolicy.origin', 'flashpolicy.origins', 'flashpolicy.domains'], didYouMean('flashPolicy.allow'))
}

/** Returns how many characters must be inserted, deleted or replaced to make one text of the other (Levenshtein). */
function distance (one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (const [i, character] of [...one].entries()) {
    const above = row
    row = [i + 1]
    for (let j = 0; j < other.length; j++) {
      const [diagonal = 0, up = 0, left = 0] = [above[j], above[j + 1], row[j]]
      row.push(Math.min(up + 1, left + 1, diagonal + (other[j] === character ? 0 : 1)))
    }
  }
  return row[other.length] ?? 0
}

/** Most characters in which a name with a mistake differs. */
const MOST_MISTAKES = 2

/** Returns the known name that differs least, if it differs little. */
function nearest (name: string, known: readonly string[]): string | undefined {
  const most = Math.min(MOST_MISTAKES, Math.floor(name.length / 3))
  const [best] = known.map((one) => ({ one, mistakes: distance(plain(name), plain(one)) })).sort((a, b) => a.mistakes - b.mistakes)
  return best !== undefined && best.mistakes <= most ? best.one : undefined
}

/**
 * Returns what to write instead of an unknown option.
 * @param known all options, with the prefix
 */
export function hintForName (name: string, known: readonly string[]): string {
  const same = known.find((one) => plain(one) === plain(name))
  if (same !== undefined) return `${didYouMean(same)}${/(?:interval|timeout|duration)$/i.test(same) ? ' Times are milliseconds' : ''}`
  const hints = name.includes('.') ? NESTED_HINTS : HINTS
  if (Object.hasOwn(hints, plain(name))) return hints[plain(name)] ?? ''
  const near = nearest(name, known)
  return near === undefined ? `the options are ${known.join(', ')}` : didYouMean(near)
}

/** Returns the origin of a URL in the form that browsers send: lower case, without the default port, the host in Punycode (RFC 6454, 6.2). */
function webOrigin (url: string): string | undefined {
  try {
    return /^https?:\/\/[^*]+$/i.test(url) ? new URL(url).origin : undefined
  } catch {
    return undefined
  }
}

/**
 * Returns whether a string can be the origin of a page. `'*'` is every origin, and `'null'` a hidden one. The empty string, such as a variable of the
 * environment without a value, is no page's origin. Schemes of apps have origins, too: `capacitor://localhost`, `file://`.
 */
export function isOriginText (text: string): boolean {
  if (/^(?:\*|null|)$/.test(text)) return true
  return /^https?:/i.test(text) ? webOrigin(text) === text : /^[a-z][a-z\d+.-]*:\/\/[^/?#*\s]*$/.test(text)
}

/** Returns the value that a string in `cors.origin` probably stands for, if browsers send no such origin. */
function originHint (text = ''): string | undefined {
  if (text.includes('*')) return 'a regular expression for several hosts, or true for every origin'
  const origin = webOrigin(text)
  if (origin !== undefined) return `"${origin}"`
  const host = /^[\w.-]+(?::\d+)?(?=\/?$)/.exec(text)?.[0]
  return host === undefined ? undefined : `"https://${host}" or "http://${host}"`
}

const inList = (value: unknown): string | undefined => typeof value === 'string' ? `["${value}"]` : undefined

/** By option: what to write instead of a value in the form of another library, or of another option. */
const FORMS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  transports: (value) => inList(value) ?? (Array.isArray(value) && value.includes('webtransport') ? 'the list without "webtransport", which is not served' : undefined),
  dialects: inList,
  cors (value) {
    if (value === false) return 'nothing: only the own origin is allowed'
    if (value === true || typeof value === 'string') return `{ origin: ${JSON.stringify(value)} }`
    return Array.isArray(value) || typeof value === 'function' || value instanceof RegExp ? '{ origin: … }' : undefined
  },
  'cors.origin': (value) => originHint([value].flat().find((one): one is string => typeof one === 'string' && !isOriginText(one))),
  path: (value) => typeof value === 'string' && /^[\w.~-]/.test(value) ? `"/${value}"` : undefined,
  cookie: inObject('name'),
  flashPolicy: inObject('port'),
  io: (value) => value === true ? '{}' : 'new Server(), or {} with its options; the HTTP server is that of the app'
}

function inObject (name: string) {
  return (value: unknown): string | undefined => typeof value === 'string' || typeof value === 'number' ? `{ ${name}: ${JSON.stringify(value)} }` : undefined
}

/** Returns what to write instead of a wrong value; undefined if nothing is known about it. */
export const hintForValue = (name: string, value: unknown): string | undefined => Object.hasOwn(FORMS, name) ? FORMS[name]?.(value) : undefined
