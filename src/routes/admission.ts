// Decides whether a handshake may open a session: there must be a free slot, and the application's `authorize` must allow it.
import type { FastifyRequest } from 'fastify'
import type { HandshakeRequest } from '../../types/options.js'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest } from '../errors.js'
import type { SessionSlot } from '../engine/session-limiter.js'
import type { Settings } from '../options.js'
import { addressOf } from './address.js'
import { inTime } from './in-time.js'
import { allOf } from './query.js'

/** A handshake that may open a session. */
export interface Admitted {
  readonly id: string
  /** The result of `authorize`. */
  readonly context: unknown
  readonly slot: SessionSlot
  /** When the admission began, ms (`performance.now()`). */
  readonly since: number
}

interface Admission {
  readonly engine: Engine
  readonly settings: Settings
}

/** Property of a request. It carries the result of `admit` from a hook to the handler. */
export const ADMITTED: unique symbol = Symbol('fastify-socketio-transports.admitted')

declare module 'fastify' {
  interface FastifyRequest {
    /** Not a decorator: Fastify would write its value into every request, and few requests are handshakes. */
    [ADMITTED]?: Admitted
  }
}

type RawRequest = FastifyRequest['raw'] & { _query?: Record<string, unknown> }

/** The part of a handshake that does not depend on the slot. */
type Credentials = Omit<Admitted, 'slot'>

/** Returns the HTTP status that the application gave an error, in `statusCode` as http-errors does; undefined without one. */
function statusOf (error: unknown): number | undefined {
  const { statusCode }: { statusCode?: unknown } = Object(error)
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 ? statusCode : undefined
}

/** Returns the detail of a refusal. A value other than `false` is probably a mistake: a forgotten `return`, or a user who was not found. */
function detailOf (context: unknown): string {
  const shown = context === '' ? '""' : String(context)
  return `authorize returned ${shown}${context === false ? '' : ': return true, or a value for socket.context'}`
}

/** Calls `authorize` and returns its result. @throws RefusedRequest when the result is falsy, and when `authorize` throws. */
async function authorized (request: HandshakeRequest, authorize: NonNullable<Settings['authorize']>): Promise<unknown> {
  let context: unknown
  try {
    context = await authorize(request)
  } catch (error) {
    if (error instanceof RefusedRequest) throw error
    const status = statusOf(error)
    throw new RefusedRequest('authorize failed', 'authorize failed', { err: error, ...(status !== undefined && { status }) })
  }
  if (!context) throw new RefusedRequest('unauthorized', detailOf(context))
  return context
}

/** Calls `authorize`, then makes an id. Returns a promise only if `authorize` is set or `generateId` returns a promise. */
function credentials ({ engine, settings: { authorize } }: Admission, request: HandshakeRequest): Credentials | Promise<Credentials> {
  const since = performance.now()
  const withId = (context: unknown): Credentials | Promise<Credentials> => {
    const id = engine.newId(request.raw, request.routeOptions.config.socketio?.dialect ?? 'revision 1')
    return typeof id === 'string' ? { id, context, since } : id.then((awaited) => ({ id: awaited, context, since }))
  }
  return authorize === undefined ? withId(undefined) : authorized(request, authorize).then(withId)
}

const LATE = 'authorize or generateId took longer than handshakeTimeout'

/**
 * Admits a handshake: acquires a slot, calls `authorize`, and makes an id. Returns a promise only if `authorize` is set or `generateId` returns a promise.
 * @throws RefusedRequest when `authorize` returns a falsy value, throws or takes too long, when `generateId` fails, when there are too many sessions, and when the
 * server drains or closes.
 */
export function admit (admission: Admission, request: HandshakeRequest): Admitted | Promise<Admitted> {
  const { engine, engine: { limiter, wheel }, settings: { handshakeTimeout: ms } } = admission
  const raw: RawRequest = request.raw
  raw._query ??= allOf(raw.url) // the official Server keeps this request, and reads `socket.handshake.query` from here
  engine.checkHandshake(raw)
  return limiter.admit(addressOf(request), () => {
    const found = credentials(admission, request)
    return found instanceof Promise ? inTime(found, { wheel, ms, late: () => new RefusedRequest('handshake timeout', LATE) }) : found
  })
}
