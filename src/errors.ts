// All errors of the plugin: the FST_SIO_* classes, and the answer of each dialect for a refusal.
import createError from '@fastify/error'
import type { RefusalReason } from '../types/reasons.js'
import type { DialectName } from '../types/socket.js'

export type { RefusalReason }

/** An option has a wrong value. The message has the option, its value and the allowed values. */
export const BadOptionError = createError<[option: string, value: string, allowed: string]>(
  'FST_SIO_BAD_OPTION', 'fastify-socketio-transports: option "%s" is %s; allowed: %s', 500, TypeError)

/** An option has a name that the plugin does not know. The message has the name, and what to write instead. */
export const UnknownOptionError = createError<[option: string, hint: string]>(
  'FST_SIO_BAD_OPTION', 'fastify-socketio-transports: unknown option "%s": %s', 500, TypeError)

const MissingPeerError = createError<[part: string, name: string, install: string]>(
  'FST_SIO_MISSING_PEER', 'fastify-socketio-transports: %s needs the package "%s"; npm install %s', 500)

/** Makes a handler for `import(name).catch(…)` of a package that a part of the plugin needs. The handler throws FST_SIO_MISSING_PEER if a package is missing. */
export function missingPeer (part: string, name: string) {
  return (error: unknown): never => {
    if (!/^(?:ERR_)?MODULE_NOT_FOUND$/.test(Object(error).code)) throw error
    throw new MissingPeerError(part, name, name)
  }
}

/** A library or Node lacks an undocumented part that the plugin needs (docs/architecture.md, Private parts). */
export const UnsupportedVersionError = createError<[library: string, part: string, remedy: string]>(
  'FST_SIO_UNSUPPORTED_VERSION', 'fastify-socketio-transports: this version of "%s" lacks %s; %s', 500)

/** A call of `attach` or `listen` of a Server that is bound to the plugin. */
export const ServerInUseError = createError(
  'FST_SIO_SERVER_IN_USE',
  'app.io has its clients from fastify-socketio-transports already, by routes of the app; remove the call of io.attach() or io.listen(), and call app.listen()', 500)

const DuplicatedPathError = createError<[path: string, detail: string]>(
  'FST_SIO_DUPLICATED_PATH',
  'fastify-socketio-transports: the path "%s" is served already, by another registration or by a route of the app (%s); give this registration another "path" or "prefix"', 500)

/** Runs a function that adds routes at or below the path. @throws FST_SIO_DUPLICATED_PATH when there is such a route already */
export async function onFreePath (path: string, addRoutes: () => Promise<void>): Promise<void> {
  try {
    await addRoutes()
  } catch (error) {
    const { code, message }: { code?: unknown, message?: unknown } = Object(error)
    throw code === 'FST_ERR_DUPLICATED_ROUTE' ? new DuplicatedPathError(path, String(message)) : error
  }
}

/** `app.io` is read, but there is no Server. */
export const NoServerError = createError(
  'FST_SIO_NO_SERVER',
  'app.io is not set, because fastify-socketio-transports is registered without the option "io"; write register(socketioTransports, { io: {} }), or bind a Server by hand: app.decorate(\'io\', new Server().bind(app.socketio))', 500)

/** The Nest adapter gets another argument than an application on Fastify. */
export const NotFastifyError = createError<[what: string]>(
  'FST_SIO_NOT_FASTIFY',
  'SocketioTransportsAdapter needs a Nest application with FastifyAdapter, and got %s; write NestFactory.create(AppModule, new FastifyAdapter()), and give the application to the adapter', 500, TypeError)

/** The Nest adapter is made when the gateways have another one. */
export const TooLateError = createError(
  'FST_SIO_TOO_LATE',
  'SocketioTransportsAdapter is made after app.init() or app.listen(), when the gateways have another adapter already; call app.useWebSocketAdapter(new SocketioTransportsAdapter(app)) before', 500)

/** A gateway of Nest asks for a port of its own. */
export const GatewayPortError = createError<[port: number]>(
  'FST_SIO_GATEWAY_PORT',
  '@WebSocketGateway(%s) asks for a port, but SocketioTransportsAdapter serves all gateways on the port of the application; remove the number, and set a "path" or a "namespace" to keep gateways apart', 500)

/** Sessions cannot be recovered with this adapter, or with this Server. */
export const NotRecoverableError = createError<[problem: string, remedy: string]>(
  'FST_SIO_NOT_RECOVERABLE', 'recoverable() of fastify-socketio-transports/recovery: %s; %s', 500, TypeError)

/** A second registration in a scope that has one already. */
export const AlreadyRegisteredError = createError(
  'FST_SIO_ALREADY_REGISTERED',
  'fastify-socketio-transports is already registered in this scope; give each registration its own scope and its own path', 500)

/** A packet of the application cannot be encoded. */
export const InvalidPacketError = createError<[type: string, reason: string]>(
  'FST_SIO_INVALID_PACKET', 'cannot send a packet of type "%s": %s', 500, TypeError)

export const InvalidIdError = createError<[id: string, rule: string]>(
  'FST_SIO_INVALID_ID', 'generateId returned a session id that cannot be used: %s; an id must %s', 500)

/** The messages of 'connection_error', by engine.io's code. */
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

/** The HTTP answer to a refused request. */
export interface Refusal {
  readonly status: number
  readonly type: string
  readonly body: string
  /** Value of the header Retry-After, s. */
  readonly retryAfter?: string
}

interface RefusalRow {
  /** The code of 'connection_error'. */
  readonly code: ConnectionErrorCode
  /** The answer to clients of revision 1 (docs/revision-1.md, Handshake). */
  readonly revision1: readonly [status: number, body: string]
  /** The answer to clients of Engine.IO, if it is not 400 and the message of the code. */
  readonly engine?: readonly [status: number, message?: string]
  /** Whether the client may try again later: the answer then has Retry-After. */
  readonly passes?: boolean
}

const RETRY_AFTER = '30'

/** The one table of refusals. */
const REFUSALS: Readonly<Record<RefusalReason, RefusalRow>> = {
  'origin refused': { code: 4, revision1: [403, 'handshake bad origin'], engine: [403] },
  unauthorized: { code: 4, revision1: [403, 'handshake unauthorized'], engine: [403] },
  'authorize failed': { code: 3, revision1: [500, 'handshake error'], engine: [500] },
  'id generation failed': { code: 3, revision1: [500, 'handshake error'] },
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
  'node lost': { code: 1, revision1: [400, 'unknown session'] },
  'node unreachable': { code: 1, revision1: [400, 'unknown session'] },
  'bad request': { code: 3, revision1: [400, 'bad request'] },
  'parse error': { code: 3, revision1: [400, 'bad request'] },
  'protocol violation': { code: 3, revision1: [400, 'bad request'] },
  'payload too large': { code: 3, revision1: [413, 'payload too large'], engine: [413, 'Payload too large'] },
  'too many packets': { code: 3, revision1: [413, 'too many packets'], engine: [413, 'Too many packets'] },
  'body timeout': { code: 3, revision1: [408, 'body timeout'], engine: [408, 'Body timeout'] }
}

/** Returns the code of 'connection_error'. */
export const codeOf = (reason: RefusalReason): ConnectionErrorCode => REFUSALS[reason].code

/** All reasons to refuse a request. */
export const REFUSAL_REASONS: readonly string[] = Object.keys(REFUSALS)

/** Whether a reason is one of the reasons to refuse a request. */
export const isRefusalReason = (reason: string): reason is RefusalReason => Object.hasOwn(REFUSALS, reason)

/** Returns the answer to a refused request in the form of the dialect. @param message for Engine.IO, instead of the message of the table */
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

/** The detail of a refusal for an unknown session, in the log. In an app of several processes, this is what requests that reach the wrong one get. */
export const NO_SESSION = 'no session of this dialect has this id: it has ended, or it is in another process (several processes need the option "cluster", or sticky sessions)'

/** The detail of a refusal for a WebSocket that is none, in the log. */
export const NOT_AN_UPGRADE = 'the request does not ask for an upgrade to a WebSocket: a proxy in front must pass on the headers Upgrade and Connection'

/** More about a refusal, for the log and 'connection_error' listeners. */
export interface RefusalContext extends Record<string, unknown> {
  /** HTTP status, instead of that of the reason. */
  status?: number
  /** The dialect of the answer, instead of that of the route. */
  dialect?: DialectName
  /** Message for a client of Engine.IO, instead of that of the reason. */
  message?: string
}

/** Thrown in a route or hook to refuse its request. The error message is logged, and never sent to the client. */
export class RefusedRequest extends createError<[detail: string]>('FST_SIO_REFUSED', '%s', 400) {
  readonly reason: RefusalReason
  readonly detail: string
  readonly context: RefusalContext

  constructor (reason: RefusalReason, detail: string, context: RefusalContext = {}) {
    super(detail)
    this.reason = reason
    this.detail = detail
    this.context = context
  }
}
