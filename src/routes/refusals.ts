// Answers refused requests in the form of their dialect, logs one line for each, and emits 'connection_error'.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest, refusalFor } from '../errors.js'
import type { RefusalReason } from '../errors.js'
import type { DialectName } from '../session/transport.js'
import { handshakeCallback, JSONP } from './hooks.js'
import { logRefusal } from './refusal-lines.js'
import { sessionIdOf } from './query.js'
import { isUpgrade } from './upgrade-requests.js'

const SHUTDOWN_REASONS: ReadonlySet<RefusalReason> = new Set(['server draining', 'server closing'])

/** Returns whether Fastify itself has refused the request, because of its body or its query. */
function isOfFastify ({ code, statusCode = 500, validation, validationContext }: FastifyError): boolean {
  if (validation !== undefined || validationContext !== undefined) return true
  return String(code).startsWith('FST_ERR_') && statusCode >= 400 && statusCode < 500
}

/** Returns whether the connection has ended in the middle of the body. */
const isCutOff = ({ code }: FastifyError, { raw }: FastifyRequest): boolean => code === 'ECONNRESET' && raw.destroyed && !raw.complete

/** Converts an error to a refusal. Returns undefined for errors of the application and of other plugins. */
function toRefused (error: FastifyError, request: FastifyRequest): RefusedRequest | undefined {
  if (error instanceof RefusedRequest) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new RefusedRequest('payload too large', 'the body is larger than the option maxPayload allows')
  if (isCutOff(error, request)) return new RefusedRequest('bad request', 'the connection ended before the end of the body')
  if (!isOfFastify(error)) return undefined
  return new RefusedRequest('bad request', error.message, { status: error.statusCode ?? 400 })
}

/**
 * Returns whether the connection must close after this answer. Behind an upgrade, no further request would be read. The rest of a body that took too long
 * would be read as a request. When the server drains or closes, the client must connect to another server.
 */
function isLast (engine: Engine, request: FastifyRequest, reason: RefusalReason): boolean {
  return isUpgrade(request) || (request.raw.httpVersionMajor === 1 && (reason === 'body timeout' || (engine.draining && SHUTDOWN_REASONS.has(reason))))
}

/** Returns whether it is a handshake of revision 1 by a script. It may have been refused before its JSONP callback was stored, and its page waits for the callback. */
const isOldScript = (request: FastifyRequest, dialect: DialectName): boolean =>
  request.method === 'GET' && !isUpgrade(request) && dialect === 'revision 1' && request.routeOptions.config.socketio?.transport === null && sessionIdOf(request, dialect) === ''

/** Makes the error handler. Errors that are not refusals (of a rate limiter, an authentication hook, a bug) go to the application's error handler. */
function errorHook (engine: Engine) {
  return function answerRefusal (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const refused = toRefused(error, request)
    if (refused === undefined) throw error
    const { reason, message: detail, context } = refused
    const { dialect = request.routeOptions.config.socketio?.dialect ?? 'revision 1' } = context
    const refusal = refusalFor(reason, dialect, context.message)
    const sid = sessionIdOf(request, dialect)
    logRefusal(engine, request, { reason, detail, context, sid, answer: refusal.body })
    engine.refused({ request: request.raw, reason, detail, dialect, ...(sid !== '' && { sid }), context: { detail, ...context } })
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    if (isLast(engine, request, reason)) reply.header('connection', 'close')
    const early = isOldScript(request, dialect) ? handshakeCallback(request) : undefined
    if (early !== undefined) request[JSONP] ??= { callback: early, failed: true, isForeign: false }
    const jsonp = request[JSONP]
    if (jsonp === undefined || dialect !== 'revision 1') {
      request[JSONP] = undefined
      return reply.code(context.status ?? refusal.status).type(refusal.type).send(refusal.body)
    }
    // A script cannot see a status: the error is an argument of its callback (docs/revision-1.md, Handshake).
    jsonp.failed = true
    return reply.code(200).type('application/javascript').send(refusal.body)
  }
}

/** Sets the error handler of a scope, which answers refusals. */
export function answerRefusals (scope: FastifyInstance, engine: Engine): void {
  scope.setErrorHandler(errorHook(engine))
}
