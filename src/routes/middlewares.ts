// Runs the middlewares of `app.socketio.use`, which have the form of Express.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EngineMiddleware } from '../../types/engine.js'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest } from '../errors.js'
import { inTime } from './in-time.js'
import { allOf, sessionIdOf } from './query.js'

type RawRequest = IncomingMessage & { _query?: Record<string, unknown> }

const failure = (err: unknown): RefusedRequest =>
  new RefusedRequest('bad request', 'a middleware of engine.use failed', { name: 'MIDDLEWARE_FAILURE', err })

const LATE = 'a middleware of engine.use neither called next nor ended the response within handshakeTimeout'

/** A request for middlewares, and its log. */
interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly log: FastifyBaseLogger
}

/** Calls a middleware. Returns undefined if it called `next` at once, else a promise, which rejects with a RefusedRequest if the middleware fails. */
function call (middleware: EngineMiddleware, { request, response, log }: Call): Promise<void> | undefined {
  let outcome: 'passed' | 'failed' | undefined
  const pending = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (outcome === 'passed') return log.error({ err: error }, 'a middleware of engine.use has failed after it had called next')
      outcome = 'failed'
      reject(failure(error))
    }
    // Only the first call counts.
    const next = (error?: unknown): void => {
      if (error) return fail(error)
      outcome ??= 'passed'
      resolve()
    }
    try {
      Promise.resolve(middleware(request, response, next)).catch(fail)
    } catch (error) {
      fail(error)
    }
  })
  return outcome === 'passed' ? undefined : pending
}

/** Calls the middlewares in order, until the response has ended or its client has left. Returns a promise unless all of them have called `next` at once. */
function callAll (middlewares: readonly EngineMiddleware[], to: Call): Promise<void> | undefined {
  for (const [i, middleware] of middlewares.entries()) {
    if (to.response.writableEnded || to.response.destroyed) return undefined
    const pending = call(middleware, to)
    if (pending !== undefined) return pending.then(() => callAll(middlewares.slice(i + 1), to))
  }
  return undefined
}

/**
 * Waits for middlewares. Returns whether they have passed the request on; false if the response has closed: one of them has answered, or the client has left.
 * @throws RefusedRequest when a middleware fails, and at the limit.
 */
async function passed (pending: Promise<void>, response: ServerResponse, { wheel }: Engine, ms: number): Promise<boolean> {
  let close = (): void => {}
  const closed = new Promise<boolean>((resolve) => { close = () => resolve(false) })
  response.once('close', close)
  try {
    return await inTime(Promise.race([pending.then(() => true), closed]), { wheel, ms, late: () => new RefusedRequest('handshake timeout', LATE) })
  } finally {
    response.off('close', close)
  }
}

/**
 * Returns the query for middlewares. It has `sid` exactly if the request is not a handshake, because middlewares that run only for handshakes check this: with
 * `sid` in a handshake, a client would evade them.
 */
function queryOf (request: FastifyRequest): Record<string, string> {
  const { sid: _given, ...query } = allOf(request.raw.url)
  const sid = sessionIdOf(request, request.routeOptions.config.socketio?.dialect ?? 'revision 1')
  return sid === '' ? query : { ...query, sid }
}

/** Adds a hook that runs the middlewares of an Engine. @param ms how long they may take together */
export function addMiddlewares (scope: FastifyInstance, engine: Engine, ms: number): void {
  const { middlewares } = engine
  scope.addHook('onRequest', function runMiddlewares (request: FastifyRequest, { raw: response }: FastifyReply, done: (error?: Error) => void): void {
    if (middlewares.length === 0) return done()
    const raw: RawRequest = request.raw
    raw._query = queryOf(request)
    const proceed = (error?: Error): void => {
      if (response.writableEnded) return
      if (!response.headersSent) return done(error)
      request.log.warn('a middleware of engine.use has begun the response and not ended it')
      response.end()
    }
    const pending = callAll(middlewares, { request: raw, response, log: request.log })
    if (pending === undefined) return proceed()
    passed(pending, response, engine, ms).then((all) => { if (all) proceed() }, proceed)
  })
}
