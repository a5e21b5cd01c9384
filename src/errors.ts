// Every error of the plugin: FST_SIO_* classes, and the words that each dialect has for a refusal.
import createError from '@fastify/error'
import type { RefusalReason } from '../types/reasons.js'
import type { DialectName } from '../types/socket.js'

export type { RefusalReason }

/** A wrong option; names it, its value and what is allowed. */
export const BadOptionError = createError<[option: string, value: string, allowed: string]>(
  'FST_SIO_BAD_OPTION', 'fastify-socketio-transports: option "%s" is %s; allowed: %s', 500, TypeError)

const MissingPeerError = createError<[option: string, name: string, install: string]>(
  'FST_SIO_MISSING_PEER', 'fastify-socketio-transports: option "%s" needs the package "%s"; npm install %s', 500)

/** For `import(name).catch(…)`: an option needs a package. @throws FST_SIO_MISSING_PEER when that is what is missing. */
export function missingPeer (option: string, name: string) {
  return (error: unknown): never => {
    if (Object(error).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new MissingPeerError(option, name, name)
  }
}

/** A library or Node itself lacks what is needed and not documented (docs/architecture.md, Private parts). */
export const UnsupportedVersionError = createError<[library: string, part: string, remedy: string]>(
  'FST_SIO_UNSUPPORTED_VERSION', 'fastify-socketio-transports: this version of "%s" lacks %s; %s', 500)

/** A second registration in a scope that has one already. */
export const AlreadyRegisteredError = createError(
  'FST_SIO_ALREADY_REGISTERED',
  'fastify-socketio-transports is already registered in this scope; give each registration its own scope and its own path', 500)

/** A packet that the application sends has no form on the wire. */
export const InvalidPacketError = createError<[type: string, reason: string]>(
  'FST_SIO_INVALID_PACKET', 'cannot send a packet of type "%s": %s', 500, TypeError)

/** `generateId` made an id that cannot be used. */
export const InvalidIdError = createError<[id: string]>(
  'FST_SIO_INVALID_ID', 'generateId returned the session id %s; an id must be unused and have 1 to 100 characters of [A-Za-z0-9_-]', 500)

/** What `connection_error` listeners are told, by code (engine.io's numbering). */
export const CONNECTION_ERRORS = {
  0: 'Transport unknown',
  1: 'Session ID unknown',
  2: 'Bad handshake method',
  3: 'Bad request',
  4: 'Forbidden',
  5: 'Unsupported protocol version'
} as const

/** A code of {@link CONNECTION_ERRORS}. */
export type ConnectionErrorCode = keyof typeof CONNECTION_ERRORS

/** How a refusal is answered. */
export interface Refusal {
  readonly status: number
  readonly type: string
  readonly body: string
  /** When it may be tried again, s; as a header. */
  readonly retryAfter?: string
}

interface RefusalRow {
  /** What it is for 'connection_error' listeners. */
  readonly code: ConnectionErrorCode
  /** The answer to clients of revision 1 (docs/revision-1.md, Handshake). */
  readonly revision1: readonly [status: number, body: string]
  /** Engine.IO is told 400 and the code's own words, unless there is more to say. */
  readonly engine?: readonly [status: number, message?: string]
  /** Whether it passes: the client is told when to try again. */
  readonly passes?: boolean
}

const RETRY_AFTER = '30'

/** The one table of refusals. */
const REFUSALS: Readonly<Record<RefusalReason, RefusalRow>> = {
  'origin refused': { code: 4, revision1: [403, 'handshake bad origin'], engine: [403] },
  unauthorized: { code: 4, revision1: [403, 'handshake unauthorized'], engine: [403] },
  'authorize failed': { code: 3, revision1: [500, 'handshake error'], engine: [500] },
  'handshake timeout': { code: 3, revision1: [503, 'handshake timeout'], engine: [503, 'Handshake timeout'], passes: true },
  'too many sessions': { code: 4, revision1: [503, 'handshake overloaded'], engine: [503], passes: true },
  'too many sessions of address': { code: 4, revision1: [503, 'handshake overloaded'], engine: [429, 'Too many sessions'], passes: true },
  'server draining': { code: 4, revision1: [503, 'handshake overloaded'], engine: [503], passes: true },
  'server closing': { code: 4, revision1: [503, 'handshake overloaded'], engine: [503], passes: true },
  'unsupported version': { code: 5, revision1: [500, 'Protocol version not supported.'] },
  'protocol mismatch': { code: 3, revision1: [400, 'bad request'] },
  'unknown transport': { code: 0, revision1: [400, 'transport unknown or not enabled'] },
  'transport mismatch': { code: 3, revision1: [400, 'bad request'] },
  'not an upgrade': { code: 3, revision1: [426, 'upgrade required'] },
  'bad handshake method': { code: 2, revision1: [400, 'bad handshake method'] },
  'unknown session': { code: 1, revision1: [400, 'unknown session'] },
  'bad request': { code: 3, revision1: [400, 'bad request'] },
  'parse error': { code: 3, revision1: [400, 'bad request'] },
  'protocol violation': { code: 3, revision1: [400, 'bad request'] },
  'payload too large': { code: 3, revision1: [413, 'payload too large'], engine: [413, 'Payload too large'] },
  'too many packets': { code: 3, revision1: [413, 'too many packets'], engine: [413, 'Too many packets'] },
  'body timeout': { code: 3, revision1: [408, 'body timeout'], engine: [408, 'Body timeout'] }
}

/** What a refusal is for 'connection_error' listeners. */
export const codeOf = (reason: RefusalReason): ConnectionErrorCode => REFUSALS[reason].code

/** Whether a request can be refused for it. */
export const isRefusalReason = (reason: string): reason is RefusalReason => Object.hasOwn(REFUSALS, reason)

/** The refusal in the words of the dialect; Engine.IO may be given another message than that of its code. */
export function refusalFor (reason: RefusalReason, dialect: DialectName, message?: string): Refusal {
  const { code, revision1, engine: [engineStatus, engineMessage] = [400], passes } = REFUSALS[reason]
  const retry = passes && { retryAfter: RETRY_AFTER }
  if (dialect === 'revision 1') {
    const [status, body] = revision1
    return { status, type: 'text/plain', body, ...retry }
  }
  const body = JSON.stringify({ code, message: message ?? engineMessage ?? CONNECTION_ERRORS[code] })
  return { status: engineStatus, type: 'application/json', body, ...retry }
}

/** More about a refusal, for the log and 'connection_error' listeners. */
export interface RefusalContext extends Record<string, unknown> {
  /** Instead of its own. */
  status?: number
  /** What a client of Engine.IO is told instead of the code's own words. */
  message?: string
}

/** Thrown in a route or hook to refuse its request. The message goes into the log, never to the client. */
export class RefusedRequest extends createError<[detail: string]>('FST_SIO_REFUSED', '%s', 400) {
  readonly reason: RefusalReason
  readonly context: RefusalContext

  constructor (reason: RefusalReason, detail: string, context: RefusalContext = {}) {
    super(detail)
    this.reason = reason
    this.context = context
  }
}
