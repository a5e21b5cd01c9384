// Who may open a session: whoever finds a slot, and whom the application's `authorize` lets in.
import type { FastifyRequest } from 'fastify'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest } from '../errors.js'
import type { SessionSlot } from '../engine/session-limiter.js'
import type { Settings } from '../options.js'
import { addressOf } from './address.js'
import { inTime } from './in-time.js'

/** What a session is opened with: its id, its slot, and what `authorize` said. */
export interface Admitted {
  readonly id: string
  readonly context: unknown
  readonly slot: SessionSlot
}

interface Admission {
  readonly engine: Engine
  readonly settings: Settings
}

/** The same on its way from a hook to the handler. */
export const ADMITTED: unique symbol = Symbol('fastify-socketio-transports.admitted')

declare module 'fastify' {
  interface FastifyRequest {
    /** Not decorated: Fastify writes a decorator's value into every request, of which few are handshakes. */
    [ADMITTED]?: Admitted
  }
}

type RawRequest = FastifyRequest['raw'] & { _query?: unknown }

/** What a handshake is given before its session opens. */
type Credentials = Omit<Admitted, 'slot'>

/** The status of an error that the application made for the client, as http-errors do. */
function statusOf (error: unknown): number | undefined {
  const { statusCode }: { statusCode?: unknown } = Object(error)
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 ? statusCode : undefined
}

/** What `authorize` returns. @throws RefusedRequest when it says no, or fails. */
async function authorized (request: FastifyRequest, authorize: NonNullable<Settings['authorize']>): Promise<unknown> {
  try {
    const context: unknown = await authorize(request)
    if (context !== false) return context
  } catch (error) {
    if (error instanceof RefusedRequest) throw error
    const status = statusOf(error)
    throw new RefusedRequest('authorize failed', 'authorize failed', { err: error, ...(status !== undefined && { status }) })
  }
  throw new RefusedRequest('unauthorized', 'authorize returned false')
}

/** Asks `authorize`, then makes an id. The result is a promise only if the application takes its time for one of the two. */
function credentials ({ engine, settings: { authorize } }: Admission, request: FastifyRequest): Credentials | Promise<Credentials> {
  const withId = (context: unknown): Credentials | Promise<Credentials> => {
    const id = engine.newId(request.raw)
    return typeof id === 'string' ? { id, context } : id.then((awaited) => ({ id: awaited, context }))
  }
  return authorize === undefined ? withId(undefined) : authorized(request, authorize).then(withId)
}

const LATE = 'authorize or generateId took longer than handshakeTimeout'

/**
 * Lets a handshake in: it acquires a slot, is authorized, and gets an id. The result is a promise only if one of these takes time.
 * @throws RefusedRequest when `authorize` says no, fails or takes too long, and when there are too many sessions or the server is
 * closing; what `generateId` throws.
 */
export function admit (admission: Admission, request: FastifyRequest): Admitted | Promise<Admitted> {
  const { engine, engine: { limiter, wheel }, settings: { handshakeTimeout: ms } } = admission
  const raw: RawRequest = request.raw
  raw._query = request.query // read by the official Server (`socket.handshake.query`), which keeps this request
  engine.checkHandshake(raw)
  return limiter.admit(addressOf(request), () => {
    const found = credentials(admission, request)
    return found instanceof Promise ? inTime(found, { wheel, ms, late: () => new RefusedRequest('handshake timeout', LATE) }) : found
  })
}
