// Every error of the plugin: FST_SIO_* classes, and the words that each dialect has for a refusal.
import createError from '@fastify/error'
import type { DialectName } from '../types/socket.js'

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

/** A second registration in a scope that has one already. */
export const AlreadyRegisteredError = createError(
  'FST_SIO_ALREADY_REGISTERED',
  'fastify-socketio-transports is registered in this scope already; give each registration a scope and a path of its own', 500)

/** A packet that the application sends has no form on the wire. */
export const InvalidPacketError = createError<[type: string, reason: string]>(
  'FST_SIO_INVALID_PACKET', 'cannot send a packet of type "%s": %s', 500, TypeError)

/** `generateId` made an id that cannot be used. */
export const InvalidIdError = createError<[id: string]>(
  'FST_SIO_INVALID_ID', 'generateId made the session id %s; it must be unused, 1 to 100 characters of [A-Za-z0-9_-]', 500)

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

/** Why a request is refused. */
export type RefusalKind =
  | 'badOrigin' | 'unauthorized' | 'handshakeError' | 'overloaded' | 'unsupportedVersion' | 'transportUnknown' | 'notAnUpgrade'
  | 'badHandshakeMethod' | 'unknownSession' | 'badRequest' | 'tooLarge'

/** How a refusal is answered. */
export interface Refusal {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** What a refusal is for 'connection_error' listeners. */
export const REFUSAL_CODES: Readonly<Record<RefusalKind, ConnectionErrorCode>> = {
  badOrigin: 4,
  unauthorized: 4,
  handshakeError: 3,
  overloaded: 4,
  unsupportedVersion: 5,
  transportUnknown: 0,
  notAnUpgrade: 3,
  badHandshakeMethod: 2,
  unknownSession: 1,
  badRequest: 3,
  tooLarge: 3
}

/** The words of revision 1 (WIRE.md 2), where it has some. */
const REVISION_1: Readonly<Record<RefusalKind, readonly [status: number, body: string]>> = {
  badOrigin: [403, 'handshake bad origin'],
  unauthorized: [403, 'handshake unauthorized'],
  handshakeError: [500, 'handshake error'],
  overloaded: [503, 'handshake overloaded'],
  unsupportedVersion: [500, 'Protocol version not supported.'],
  transportUnknown: [400, 'transport unknown or not enabled'],
  notAnUpgrade: [426, 'upgrade required'],
  badHandshakeMethod: [400, 'bad handshake method'],
  unknownSession: [400, 'unknown session'],
  badRequest: [400, 'bad request'],
  tooLarge: [413, 'payload too large']
}

/** Engine.IO answers 400, but 403 where it is forbidden; these say more. */
const ENGINE_STATUS: Partial<Record<RefusalKind, number>> = {
  badOrigin: 403,
  unauthorized: 403,
  handshakeError: 500,
  overloaded: 503,
  tooLarge: 413
}

/** The refusal in the words of the dialect; Engine.IO may be given another message than that of its code. */
export function refusalFor (kind: RefusalKind, dialect: DialectName, message?: string): Refusal {
  if (dialect === 'revision 1') {
    const [status, body] = REVISION_1[kind]
    return { status, type: 'text/plain', body }
  }
  const code = REFUSAL_CODES[kind]
  return { status: ENGINE_STATUS[kind] ?? 400, type: 'application/json', body: JSON.stringify({ code, message: message ?? CONNECTION_ERRORS[code] }) }
}

/** More about a refusal, for the log and 'connection_error' listeners. */
export interface RefusalContext extends Record<string, unknown> {
  /** Instead of its own. */
  status?: number
  /** What a client of Engine.IO is told instead of the code's own words. */
  message?: string
}

/** Thrown in a route or hook to refuse its request. The message goes into the log, never to the client. */
export class RefusedRequest extends createError<[reason: string]>('FST_SIO_REFUSED', '%s', 400) {
  readonly kind: RefusalKind
  readonly context: RefusalContext

  constructor (kind: RefusalKind, reason: string, context: RefusalContext = {}) {
    super(reason)
    this.kind = kind
    this.context = context
  }
}
