// The options: their defaults, and the checks at registration. Every option is checked here before it is used.
import { serialize } from 'cookie'
import type { FastifyBaseLogger } from 'fastify'
import type { CookieOptions, CorsOptions, FlashPolicyOptions, SocketioTransportsOptions } from '../types/options.js'
import { BadOptionError } from './errors.js'
import { check, CORS_RULES, DIALECTS, FLASH_RULES, RULES } from './option-rules.js'
import { isRevision1 } from './transports/index.js'

export { MAX_TIME } from './option-rules.js'
export type { SocketioTransportsOptions }

/** Options that have no default. */
type Optional = 'authorize' | 'generateId' | 'io' | 'parser'
/** Options that are converted to another form. */
type Read = 'flashPolicy' | 'cookie'
type Defaults = Required<Omit<SocketioTransportsOptions, Optional | Read>>

/** The options with their defaults. */
export type Settings = Defaults & Pick<SocketioTransportsOptions, Optional> & {
  flashPolicy: FlashPolicyOptions | undefined
  cookie: false | (CookieOptions & { name: string })
}

const DEFAULTS: Defaults = {
  path: '/socket.io',
  prefix: '',
  dialects: DIALECTS,
  assumeEngine3: false,
  transports: ['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling', 'polling'],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  allowUpgrades: true,
  upgradeTimeout: 10_000,
  heartbeatInterval: 25_000,
  heartbeatTimeout: 60_000,
  closeTimeout: 60_000,
  pollingDuration: 20_000,
  handshakeTimeout: 30_000,
  maxPayload: 1_000_000,
  maxPackets: 10_000,
  maxPacketsPerSecond: false,
  maxAttachments: 10,
  maxNesting: 1000,
  maxArguments: 1000,
  bodyTimeout: 30_000,
  perMessageDeflate: false,
  maxQueueBytes: 16 * 1024 * 1024,
  maxTotalQueueBytes: 256 * 1024 * 1024,
  slowClient: 'close',
  maxSessions: 100_000,
  maxSessionsPerAddress: false,
  drainTimeout: false,
  farewellTimeout: 1000,
  maxEndpoints: 100,
  maxAcks: 1000,
  cors: {},
  serveClient: false
}

function withoutUndefined <T extends object> (object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}

/** engine.io's defaults. */
const COOKIE = { name: 'io', path: '/', httpOnly: true, sameSite: 'lax' } as const

/** Adds the defaults to the option `cookie`. @throws FST_SIO_BAD_OPTION when it makes no valid cookie. */
function readCookie (cookie: SocketioTransportsOptions['cookie'] = false): Settings['cookie'] {
  if (cookie === false) return false
  const settings = { ...COOKIE, ...(cookie === true ? {} : withoutUndefined(cookie)) }
  try {
    serialize(settings.name, '', settings)
  } catch (error) {
    throw new BadOptionError('cookie', `not a valid cookie (${error instanceof Error ? error.message : String(error)})`, RULES.cookie.allowed)
  }
  return settings
}

/** Whether `cors.origin` lets every origin in by `'*'`, which allows no credentials. A function may answer the same later. */
const isWildcard = ({ origin }: CorsOptions): boolean => origin === '*' || (Array.isArray(origin) && origin.includes('*'))

/** @throws FST_SIO_BAD_OPTION for `'*'` with credentials, which browsers refuse. */
function checkCredentials (cors: CorsOptions): void {
  if (!isWildcard(cors) || cors.credentials !== true) return
  throw new BadOptionError('cors.credentials', 'true', 'false, or nothing, with cors.origin "*", because browsers refuse "*" with credentials; cors.origin: true lets in every origin, with credentials')
}

/** Checks the options and adds the defaults. @throws FST_SIO_BAD_OPTION for an unknown option or a wrong value. */
export function readOptions (options: SocketioTransportsOptions): Settings {
  check(options, RULES)
  check(options.cors ?? {}, CORS_RULES, 'cors.')
  checkCredentials(options.cors ?? {})
  const flash = options.flashPolicy === true ? {} : options.flashPolicy === false ? undefined : options.flashPolicy
  check(flash ?? {}, FLASH_RULES, 'flashPolicy.')
  return { ...DEFAULTS, ...withoutUndefined(options), flashPolicy: flash, cookie: readCookie(options.cookie) } as Settings
}

/** Warns of dialects without a transport. They are allowed, but probably a mistake. */
export function warnOfTransports ({ dialects, transports }: Settings, log: FastifyBaseLogger): void {
  for (const dialect of dialects) {
    const some = transports.some((name) => dialect === 'revision 1' ? isRevision1(name) : name === 'polling' || name === 'websocket')
    if (!some) log.warn(`the option "transports" names no transport of the dialect "${dialect}", so its clients are refused: add one, or remove the dialect from the option "dialects"`)
  }
}

/** Warns that `'*'` keeps 0.9 clients out. It is allowed, because other clients work with it. */
export function warnOfWildcard ({ cors, dialects }: Settings, log: FastifyBaseLogger): void {
  if (!isWildcard(cors) || !dialects.includes('revision 1')) return
  log.warn('cors.origin is "*": 0.9 clients in pages of other origins cannot connect, because they send credentials, which "*" does not allow; cors.origin: true lets them in')
}

/** Warns of timers with which 0.9 clients cannot connect or stay. They are allowed, because other clients work with them (docs/revision-1.md, Timers). */
export function warnOfTimers (settings: Settings, log: FastifyBaseLogger): void {
  if (!settings.dialects.includes('revision 1')) return
  const { heartbeatInterval, heartbeatTimeout, closeTimeout, pollingDuration } = settings
  const warnings = [
    heartbeatInterval === false && 'heartbeatInterval is false: 0.9 clients never connect, because they read the empty heartbeat timeout of the handshake as 0 ms',
    heartbeatInterval !== false && heartbeatInterval >= Math.min(heartbeatTimeout, closeTimeout) &&
      `heartbeatInterval (${heartbeatInterval}) is not below heartbeatTimeout (${heartbeatTimeout}) and closeTimeout (${closeTimeout}): 0.9 clients close a connection that is silent for that long`,
    pollingDuration >= closeTimeout &&
      `pollingDuration (${pollingDuration}) is not below closeTimeout (${closeTimeout}): 0.9 clients give up a poll before it is answered`
  ]
  for (const warning of warnings) if (warning !== false) log.warn(warning)
}
