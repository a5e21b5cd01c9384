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

/** @throws RefusedRequest 'handshake timeout' when it takes too long. */
async function soon <T> ({ engine: { wheel }, settings: { handshakeTimeout: ms } }: Admission, task: Promise<T>): Promise<T> {
  const late = (): Error => new RefusedRequest('handshake timeout', 'authorize or generateId took longer than handshakeTimeout')
  return await inTime(task, { wheel, ms, late })
}

async function authorized (request: FastifyRequest, authorize: NonNullable<Settings['authorize']>): Promise<unknown> {
  let verdict: unknown
  try {
    verdict = await authorize(request)
  } catch (error) {
    if (error instanceof RefusedRequest) throw error
    const { statusCode } = Object(error) as { statusCode?: unknown }
    const own = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600
    throw new RefusedRequest('authorize failed', 'authorize failed', { err: error, ...(own && { status: statusCode }) })
  }
  if (verdict === false) throw new RefusedRequest('unauthorized', 'authorize said no')
  return verdict
}

async function ask (engine: Engine, authorize: NonNullable<Settings['authorize']>, request: FastifyRequest): Promise<Omit<Admitted, 'slot'>> {
  const context = await authorized(request, authorize)
  return { id: await engine.newId(request.raw), context }
}

async function named (id: Promise<string>): Promise<Omit<Admitted, 'slot'>> {
  return { id: await id, context: undefined }
}

/** Nobody is asked: it takes its time only where `generateId` does. */
function handshake (admission: Admission, request: FastifyRequest): Omit<Admitted, 'slot'> | Promise<Omit<Admitted, 'slot'>> {
  const id = admission.engine.newId(request.raw)
  return typeof id === 'string' ? { id, context: undefined } : soon(admission, named(id))
}

/**
 * What a session is opened with, if `authorize` lets the handshake in.
 * @throws RefusedRequest when it says no, fails or takes too long, and when there are too many sessions or the server is
 * closing; what `generateId` throws.
 */
export function admit (admission: Admission, request: FastifyRequest): Admitted | Promise<Admitted> {
  const raw: RawRequest = request.raw
  raw._query = request.query // read by the official Server (`socket.handshake.query`), which keeps this request
  const { engine, engine: { limiter }, settings: { authorize } } = admission
  engine.checkHandshake(raw)
  if (authorize === undefined) return limiter.admitNow(addressOf(request), () => handshake(admission, request))
  return limiter.admit(addressOf(request), () => soon(admission, ask(engine, authorize, request)))
}
