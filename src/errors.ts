// Every error of the plugin: FST_SIO_* classes, and the words that revision 1 has for a refusal.
import createError from '@fastify/error'

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

/** A refused request: its status, its body in the words of revision 1, and why, for the log. */
export interface Refusal {
  readonly status: number
  readonly body: string
  readonly code: ConnectionErrorCode
}

/** The refusals of revision 1 (WIRE.md 1 and 2). */
export const REFUSALS = {
  badOrigin: { status: 403, body: 'handshake bad origin', code: 4 },
  unauthorized: { status: 403, body: 'handshake unauthorized', code: 4 },
  handshakeError: { status: 500, body: 'handshake error', code: 3 },
  overloaded: { status: 503, body: 'handshake overloaded', code: 4 },
  unsupportedVersion: { status: 500, body: 'Protocol version not supported.', code: 5 },
  transportUnknown: { status: 400, body: 'transport unknown or not enabled', code: 0 },
  notAnUpgrade: { status: 426, body: 'upgrade required', code: 3 },
  badRequest: { status: 400, body: 'bad request', code: 3 },
  tooLarge: { status: 413, body: 'payload too large', code: 3 }
} as const satisfies Record<string, Refusal>

/** Thrown in a route or hook to refuse its request. The message goes into the log, never to the client. */
export class RefusedRequest extends createError<[reason: string]>('FST_SIO_REFUSED', '%s') {
  readonly refusal: Refusal
  /** More about the reason, for the log and 'connection_error' listeners. */
  readonly context: Record<string, unknown>

  constructor (refusal: Refusal, reason: string, context: Record<string, unknown> = {}) {
    super(reason)
    this.statusCode = refusal.status
    this.refusal = refusal
    this.context = context
  }
}
