// The allowed values of each option.
import type { CorsOptions, FlashPolicyOptions, SocketioTransportsOptions } from '../types/options.js'
import type { DialectName } from '../types/socket.js'
import { BadOptionError, UnknownOptionError } from './errors.js'
import { hintForName, hintForValue, isOriginText } from './option-hints.js'
import { isObject, isText, show } from './option-values.js'
import { TRANSPORT_NAMES } from './transports/index.js'

interface Rule {
  allowed: string
  check (value: unknown): boolean
}

/** Every dialect, oldest first. */
export const DIALECTS: readonly DialectName[] = ['revision 1', 'engine 3', 'engine 4']
/** The longest delay of setTimeout, ms. */
export const MAX_TIME = 2 ** 31 - 1

const isTime = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_TIME
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0
const isOrigin = (value: unknown): boolean => typeof value === 'string' ? isOriginText(value) : value instanceof RegExp
const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65536
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0 && value.every(isText)

const time: Rule = { check: isTime, allowed: `a whole number of milliseconds from 1 to ${MAX_TIME}` }
const count: Rule = { check: isCount, allowed: 'a positive whole number' }
const timeOrNone: Rule = { check: (value) => value === false || isTime(value), allowed: `${time.allowed}, or false for none` }
const countOrNone: Rule = { check: (value) => value === false || isCount(value), allowed: `${count.allowed}, or false for none` }
const text: Rule = { check: isText, allowed: 'a string that is not empty' }
const flag: Rule = { check: (value) => typeof value === 'boolean', allowed: 'true or false' }
/** Makes a rule for a list of some of the values, each at most once. */
const listOf = (values: readonly string[]): Rule => ({
  check: (value) => isTextList(value) && new Set(value).size === value.length && value.every((one) => values.includes(one)),
  allowed: `a list of these, each at most once: ${values.map((name) => `"${name}"`).join(', ')}`
})
const callback: Rule = { check: (value) => typeof value === 'function', allowed: 'a function' }

export const RULES: Record<keyof SocketioTransportsOptions, Rule> = {
  path: {
    check: (value) => typeof value === 'string' && /^(?:\/[\w.~-]+)+\/?$/.test(value),
    allowed: 'a path like "/socket.io", with a slash before each segment'
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
  logRequests: flag,
  logSessionIds: { check: (value) => value === 'short' || value === 'whole', allowed: '"short" or "whole"' },
  cors: { check: isObject, allowed: 'an object with "origin" and "credentials"' },
  authorize: callback,
  generateId: callback,
  cluster: {
    check: (value) => isObject(value) && typeof value['ownerOf'] === 'function' && typeof value['start'] === 'function',
    allowed: 'nodes({ … }) of "fastify-socketio-transports/cluster"'
  },
  flashPolicy: { check: (value) => typeof value === 'boolean' || isObject(value), allowed: 'true, false or an object' },
  serveClient: { check: (value) => typeof value === 'boolean' || isText(value), allowed: 'true, false, or the folder of the client files' },
  // An HTTP server or an app has `listen`, but no `bind`.
  io: { check: (value) => isObject(value) && !('listen' in value && !('bind' in value)), allowed: 'a socket.io Server, or the options of one' },
  parser: {
    check: (value) => isObject(value) && typeof value['Encoder'] === 'function' && typeof value['Decoder'] === 'function',
    allowed: 'an object with the classes "Encoder" and "Decoder"'
  }
}

/** The options that are times. */
export const TIMES = (Object.keys(RULES) as (keyof SocketioTransportsOptions)[]).filter((name) => RULES[name] === time || RULES[name] === timeOrNone)

/** The rules of the option `cors`. */
export const CORS_RULES: Record<keyof CorsOptions, Rule> = {
  origin: {
    check: (value) => typeof value === 'boolean' || typeof value === 'function' || isOrigin(value) ||
      (Array.isArray(value) && value.every(isOrigin)),
    allowed: 'true, false, a string such as "https://app.example" without a path, a regular expression, a list of these two, or a function'
  },
  credentials: flag
}

/** The rules of the option `flashPolicy`. */
export const FLASH_RULES: Record<keyof FlashPolicyOptions, Rule> = {
  port: { check: (value) => value === false || isPort(value), allowed: 'a port number, or false for none' },
  host: text,
  inline: flag,
  allow: {
    // No characters that could end the XML attribute or element into which the entry is written.
    check: (value) => isTextList(value) && value.every((entry) => /^[\w.*-]+:(?:\d+|\*)$/.test(entry)),
    allowed: 'a list of "host:port", where either may be "*"'
  }
}

/** Options of `register` that are for Fastify itself. */
const FASTIFY_OPTIONS = new Set(['logLevel', 'logSerializers'])

/** Checks options by their rules. @throws FST_SIO_BAD_OPTION for an unknown option or a wrong value. @param prefix of the names in the error */
export function check (options: object, rules: Record<string, Rule>, prefix = ''): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      if (prefix === '' && FASTIFY_OPTIONS.has(name)) continue
      throw new UnknownOptionError(prefix + name, hintForName(prefix + name, Object.keys(rules).map((known) => prefix + known)))
    }
    if (value === undefined || rule.check(value)) continue
    const hint = hintForValue(prefix + name, value)
    throw new BadOptionError(prefix + name, show(value), hint === undefined ? rule.allowed : `${rule.allowed}; write ${hint}`)
  }
}
