// The options: their defaults, and the checks at registration. Every option is checked here before it is used.
import { serialize } from 'cookie'
import type { CookieOptions, CorsOptions, FlashPolicyOptions, SocketioTransportsOptions } from '../types/options.js'
import { BadOptionError } from './errors.js'
import { check, CORS_RULES, DIALECTS, FLASH_RULES, RULES } from './option-rules.js'

export { MAX_TIME } from './option-rules.js'
export type { SocketioTransportsOptions }

/** Options that have no default. */
type Optional = 'authorize' | 'cluster' | 'generateId' | 'io' | 'parser'
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
  logRequests: true,
  logSessionIds: 'short',
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

/** Whether a value of `cors.origin`, or the answer of a function in it, lets every origin in by `'*'`, which allows no credentials. */
export const isWildcard = (origin: unknown): boolean => origin === '*' || (Array.isArray(origin) && origin.includes('*'))

/** @throws FST_SIO_BAD_OPTION for `'*'` with credentials, which browsers refuse. */
function checkCredentials (cors: CorsOptions): void {
  if (!isWildcard(cors.origin) || cors.credentials !== true) return
  throw new BadOptionError('cors.credentials', 'true', 'false, or nothing, with cors.origin "*", because browsers refuse "*" with credentials; cors.origin: true lets in every origin, with credentials')
}

/** Checks the options and adds the defaults. @throws FST_SIO_BAD_OPTION for an unknown option or a wrong value. */
export function readOptions (options: SocketioTransportsOptions): Settings {
  check(options, RULES)
  check(options.cors ?? {}, CORS_RULES, 'cors.')
  checkCredentials(options.cors ?? {})
  const flash = options.flashPolicy === true ? {} : options.flashPolicy === false ? undefined : options.flashPolicy
  check(flash ?? {}, FLASH_RULES, 'flashPolicy.')
  const { path = DEFAULTS.path, cookie } = options
  return { ...DEFAULTS, ...withoutUndefined(options), path: path.replace(/\/$/, ''), flashPolicy: flash, cookie: readCookie(cookie) } as Settings
}
