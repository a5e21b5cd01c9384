// The options: defaults, what is allowed, and the checks at registration. No option is read anywhere without having passed.
import { serialize } from 'cookie'
import type { FastifyBaseLogger } from 'fastify'
import type { CookieOptions, CorsOptions, DeflateOptions, FlashPolicyOptions, SocketioTransportsOptions } from '../types/options.js'
import type { DialectName, TransportName } from '../types/socket.js'
import { BadOptionError } from './errors.js'
import { isRevision1, TRANSPORT_NAMES } from './transports/index.js'

export type { CorsOptions, FlashPolicyOptions, SocketioTransportsOptions }

interface Rule {
  allowed: string
  check (value: unknown): boolean
}

const DIALECTS: readonly DialectName[] = ['revision 1', 'engine 3', 'engine 4']
/** The longest time that setTimeout knows, ms. */
export const MAX_TIME = 2 ** 31 - 1

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTime = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_TIME
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0
const isOrigin = (value: unknown): boolean => typeof value === 'string' || value instanceof RegExp
const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65536
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isText)

const time: Rule = { check: isTime, allowed: `a whole number of milliseconds from 1 to ${MAX_TIME}` }
const count: Rule = { check: isCount, allowed: 'a positive whole number' }
const timeOrNone: Rule = { check: (value) => value === false || isTime(value), allowed: `${time.allowed}, or false for none` }
const countOrNone: Rule = { check: (value) => value === false || isCount(value), allowed: `${count.allowed}, or false for none` }
const text: Rule = { check: isText, allowed: 'a string that is not empty' }
const flag: Rule = { check: (value) => typeof value === 'boolean', allowed: 'true or false' }
/** Some of the values, each once. */
const listOf = (values: readonly string[]): Rule => ({
  check: (value) => isTextList(value) && new Set(value as []).size === (value as []).length &&
    (value as string[]).every((one) => values.includes(one)),
  allowed: `a list of these, each at most once: ${values.map((name) => `"${name}"`).join(', ')}`
})
const callback: Rule = { check: (value) => typeof value === 'function', allowed: 'a function' }

const RULES: Record<keyof SocketioTransportsOptions, Rule> = {
  path: {
    check: (value) => typeof value === 'string' && /^(?:\/[\w.~-]+)+$/.test(value),
    allowed: 'a path like "/socket.io": a slash before each segment, none at the end'
  },
  prefix: { check: (value) => typeof value === 'string', allowed: 'a string' },
  dialects: listOf(DIALECTS),
  assumeEngine3: flag,
  transports: listOf(TRANSPORT_NAMES),
  pingInterval: time,
  pingTimeout: time,
  allowUpgrades: flag,
  upgradeTimeout: time,
  heartbeatInterval: timeOrNone,
  heartbeatTimeout: time,
  closeTimeout: time,
  pollingDuration: time,
  handshakeTimeout: time,
  maxPayload: count,
  maxPackets: count,
  maxPacketsPerSecond: countOrNone,
  maxAttachments: count,
  maxNesting: count,
  maxArguments: count,
  bodyTimeout: time,
  perMessageDeflate: { check: (value) => typeof value === 'boolean' || isObject(value), allowed: 'true, false, or an object with options of ws' },
  cookie: {
    check: (value) => typeof value === 'boolean' || (isObject(value) && (value['name'] === undefined || isText(value['name']))),
    allowed: 'true, false, or an object with options of the package cookie and a "name"'
  },
  maxQueueBytes: count,
  maxTotalQueueBytes: count,
  slowClient: { check: (value) => value === 'close' || value === 'drop', allowed: '"close" or "drop"' },
  maxSessions: count,
  maxSessionsPerAddress: countOrNone,
  drainTimeout: timeOrNone,
  farewellTimeout: time,
  maxEndpoints: count,
  maxAcks: count,
  cors: { check: isObject, allowed: 'an object with "origin" and "credentials"' },
  authorize: callback,
  generateId: callback,
  flashPolicy: { check: (value) => typeof value === 'boolean' || isObject(value), allowed: 'true, false or an object' },
  serveClient: { check: (value) => value === false || isText(value), allowed: 'false, or the folder of the client files' },
  io: { check: isObject, allowed: 'a socket.io Server, or the options of one' },
  parser: {
    check: (value) => isObject(value) && typeof value['Encoder'] === 'function' && typeof value['Decoder'] === 'function',
    allowed: 'an object with the classes "Encoder" and "Decoder"'
  }
}

const CORS_RULES: Record<keyof CorsOptions, Rule> = {
  origin: {
    check: (value) => typeof value === 'boolean' || typeof value === 'function' || isOrigin(value) ||
      (Array.isArray(value) && value.every(isOrigin)),
    allowed: 'true, false, a string, a regular expression, a list of these two, or a function'
  },
  credentials: flag
}

const FLASH_RULES: Record<keyof FlashPolicyOptions, Rule> = {
  port: { check: (value) => value === false || isPort(value), allowed: 'a port number, or false for none' },
  host: text,
  inline: flag,
  allow: {
    // Nothing that could end the attribute or the element it is written into.
    check: (value) => isTextList(value) && (value as string[]).every((entry) => /^[\w.*-]+:(?:\d+|\*)$/.test(entry)),
    allowed: 'a list of "host:port", where either may be "*"'
  }
}

/** What Fastify itself reads from the options of `register`. */
const FASTIFY_OPTIONS = new Set(['logLevel', 'logSerializers'])

function show (value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (isObject(value)) return 'an object'
  return typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value)
}

function check (options: object, rules: Record<string, Rule>, prefix = ''): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      if (prefix === '' && FASTIFY_OPTIONS.has(name)) continue
      throw new BadOptionError(prefix + name, 'not known', Object.keys(rules).map((known) => prefix + known).join(', '))
    }
    if (value !== undefined && !rule.check(value)) throw new BadOptionError(prefix + name, show(value), rule.allowed)
  }
}

const DEFAULTS = {
  path: '/socket.io',
  prefix: '',
  dialects: DIALECTS,
  assumeEngine3: false,
  transports: ['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling', 'polling'] as readonly TransportName[],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  allowUpgrades: true,
  upgradeTimeout: 10_000,
  heartbeatInterval: 25_000 as number | false,
  heartbeatTimeout: 60_000,
  closeTimeout: 60_000,
  pollingDuration: 20_000,
  handshakeTimeout: 30_000,
  maxPayload: 1_000_000,
  maxPackets: 10_000,
  maxPacketsPerSecond: false as number | false,
  maxAttachments: 10,
  maxNesting: 1000,
  maxArguments: 1000,
  bodyTimeout: 30_000,
  perMessageDeflate: false as boolean | DeflateOptions,
  maxQueueBytes: 16 * 1024 * 1024,
  maxTotalQueueBytes: 256 * 1024 * 1024,
  slowClient: 'close' as 'close' | 'drop',
  maxSessions: 100_000,
  maxSessionsPerAddress: false as number | false,
  drainTimeout: false as number | false,
  farewellTimeout: 1000,
  maxEndpoints: 100,
  maxAcks: 1000,
  cors: {} as CorsOptions,
  serveClient: false as false | string
}

type Optional = 'authorize' | 'generateId' | 'io' | 'parser'

/** The options with their defaults. */
export type Settings = typeof DEFAULTS & Pick<SocketioTransportsOptions, Optional> & {
  flashPolicy: FlashPolicyOptions | undefined
  cookie: false | (CookieOptions & { name: string })
}

function withoutUndefined <T extends object> (object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}

/** As engine.io sets it. */
const COOKIE = { name: 'io', path: '/', httpOnly: true, sameSite: 'lax' } as const

/** @throws FST_SIO_BAD_OPTION when no cookie can be made of it. */
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

/** @throws FST_SIO_BAD_OPTION, which names the option, its value and what is allowed. */
export function readOptions (options: SocketioTransportsOptions): Settings {
  check(options, RULES)
  check(options.cors ?? {}, CORS_RULES, 'cors.')
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

/** Warns of timers with which 0.9 clients cannot connect or stay. They are allowed: a server for other clients may want them (docs/revision-1.md, Timers). */
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
