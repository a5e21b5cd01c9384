// The log line of a refused request: the reason, what to do, and the answer. The Engine limits the number of lines.
import type { FastifyRequest } from 'fastify'
import type { Engine } from '../engine/engine.js'
import type { RefusalReason } from '../errors.js'
import { showIds } from '../observation/shown-ids.js'
import { cut, cutAll } from './log.js'

/** Longest `detail` in the log, characters. Details are messages of the plugin, which may contain advice. */
const LONGEST_DETAIL = 350

/** The reasons whose level in the log is not `warn`: a client that comes back after a restart is no problem, a function that fails is a fault. */
const LEVELS: Partial<Record<RefusalReason, 'info' | 'error'>> = { 'unknown session': 'info', 'id generation failed': 'error' }

/** Returns whether the application made the error for the client, with a 4xx status as http-errors does. Other errors are faults, so their stack is logged. */
function isForPeer (error: unknown): boolean {
  const { statusCode, status = statusCode }: { statusCode?: unknown, status?: unknown } = Object(error)
  return typeof status === 'number' && status >= 400 && status < 500
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

interface Refusal {
  readonly reason: RefusalReason
  readonly detail: string
  readonly context: Readonly<Record<string, unknown>>
  /** The session id in the URL; empty if there is none. */
  readonly sid: string
  /** The body of the answer. */
  readonly answer: string
}

/** The section about a reason. */
const sectionOf = (reason: RefusalReason): string => `docs/refusals.md#${reason.replaceAll(' ', '-')}`

/** Logs one line. It has a stack only for a fault of the application or the plugin, because any client can cause the other refusals as often as it likes. */
export function logRefusal (engine: Engine, request: FastifyRequest, { reason, detail, context: { err, sid: _, ...context }, sid, answer }: Refusal): void {
  if (!engine.refusals.take(reason)) return
  const level = LEVELS[reason] ?? 'warn'
  const cause = err === undefined ? {} : isForPeer(err) ? { cause: messageOf(err) } : { err }
  const texts = showIds(cutAll({ ...context, ...cause }), '', engine.showId) // a URL may be among them
  const line = { reason, detail: cut(detail, LONGEST_DETAIL), ...Object(texts), ...(sid !== '' && { sid: engine.showId(sid) }), answer: cut(answer) }
  const message = `refused: ${reason}; what to do: ${sectionOf(reason)}`
  // With `logRequests: false`, the log of a request begins at `warn`.
  if (level === 'info' && request.routeOptions.logLevel === 'warn') engine.log.info({ reqId: request.id, ...line }, message)
  else request.log[level](line, message)
}
