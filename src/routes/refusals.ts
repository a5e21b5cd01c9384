// How refused requests end: the answer in the words of the dialect, one line in the log, and the event.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest, refusalFor } from '../errors.js'
import type { Refusal, RefusalReason } from '../errors.js'
import type { DialectName } from '../session/transport.js'
import { handshakeCallback, JSONP } from './hooks.js'
import { cut, cutAll } from './log.js'
import { isUpgrade } from './upgrade-requests.js'

const LEAVING: ReadonlySet<RefusalReason> = new Set(['server draining', 'server closing'])

/** Our own words may say what to do. */
const LONGEST_DETAIL = 200

/** Whether Fastify says that the peer is at fault: a body or a query that it does not take. */
function isOfFastify ({ code, statusCode = 500, validation, validationContext }: FastifyError): boolean {
  if (validation !== undefined || validationContext !== undefined) return true
  return String(code).startsWith('FST_ERR_') && statusCode >= 400 && statusCode < 500
}

/** Whether the connection has ended in the middle of the body. */
const isCutOff = ({ code }: FastifyError, { raw }: FastifyRequest): boolean => code === 'ECONNRESET' && raw.destroyed && !raw.complete

/** What refuses the request; undefined for errors of others. */
function toRefused (error: FastifyError, request: FastifyRequest): RefusedRequest | undefined {
  if (error instanceof RefusedRequest) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new RefusedRequest('payload too large', error.message)
  if (isCutOff(error, request)) return new RefusedRequest('bad request', 'the connection ended before the end of the body')
  if (!isOfFastify(error)) return undefined
  return new RefusedRequest('bad request', error.message, { status: error.statusCode ?? 400 })
}

/** Whether the application has made the error for the peer, as http-errors do; otherwise something is broken, and its stack is of use. */
function isForPeer (error: unknown): boolean {
  const { statusCode, status = statusCode }: { statusCode?: unknown, status?: unknown } = Object(error)
  return typeof status === 'number' && status >= 400 && status < 500
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

/** One line. A stack is in it only where the application or the plugin is at fault: any peer can cause the others as often as it likes. */
function log (request: FastifyRequest, { reason, message, context: { err, ...context } }: RefusedRequest, { body }: Refusal): void {
  const cause = err === undefined ? {} : isForPeer(err) ? { cause: messageOf(err) } : { err }
  const line = { reason, detail: cut(message, LONGEST_DETAIL), ...cutAll({ ...context, ...cause }) }
  request.log[reason === 'unknown session' ? 'info' : 'warn'](line, `refused: ${cut(body)}`)
}

/**
 * Whether nothing more is to come on this connection: nobody reads a second request from an upgrade, the rest of a body that is given up would
 * be taken for one, and a client that is sent away is to find the next server.
 */
function isLast (engine: Engine, request: FastifyRequest, reason: RefusalReason): boolean {
  return isUpgrade(request) || (request.raw.httpVersionMajor === 1 && (reason === 'body timeout' || (engine.draining && LEAVING.has(reason))))
}

/** A handshake of revision 1 that is refused before it is looked at any closer: its page would wait for the callback. */
const isEarlyHandshake = (request: FastifyRequest, reason: RefusalReason, dialect: DialectName): boolean =>
  reason === 'origin refused' && dialect === 'revision 1' && request.routeOptions.config.socketio?.transport === null

/** Errors of others (a rate limiter, an authentication hook, our own bugs) go on to the application's error handler. */
function errorHook (engine: Engine) {
  return function answerRefusal (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const refused = toRefused(error, request)
    if (refused === undefined) throw error
    const { reason, message: detail, context } = refused
    const dialect = request.routeOptions.config.socketio?.dialect ?? 'revision 1'
    const refusal = refusalFor(reason, dialect, context.message)
    log(request, refused, refusal)
    engine.refused(request.raw, reason, { detail, ...context })
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    if (isLast(engine, request, reason)) reply.header('connection', 'close')
    if (isEarlyHandshake(request, reason, dialect)) request[JSONP] = handshakeCallback(request)
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

/** Has the refusals of a scope answered. */
export function answerRefusals (scope: FastifyInstance, engine: Engine): void {
  scope.setErrorHandler(errorHook(engine))
}
