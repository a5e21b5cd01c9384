// Who may open a session: the bound on sessions, and the application's `authorize`.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../engine.js'
import { RefusedRequest } from '../errors.js'
import type { Settings } from '../options.js'

/** What a session is opened with: its id, and what `authorize` said. */
export interface Admitted {
  readonly id: string
  readonly context: unknown
}

interface Admission {
  readonly engine: Engine
  readonly settings: Settings
}

/** The same on its way from a hook to the handler. */
export const ADMITTED: unique symbol = Symbol('fastify-socketio-transports.admitted')

declare module 'fastify' {
  interface FastifyRequest {
    [ADMITTED]: Admitted | null
  }
}

type RawRequest = FastifyRequest['raw'] & { _query?: unknown }

function refuseWhenFull (engine: Engine, reply: FastifyReply): void {
  if (!engine.full && !engine.closing) return
  reply.header('retry-after', '30')
  if (engine.closing && reply.request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
  throw new RefusedRequest('overloaded', engine.closing ? 'closing' : 'maxSessions reached', { sessions: engine.sessions.size })
}

async function authorized (request: FastifyRequest, authorize: Settings['authorize']): Promise<unknown> {
  if (authorize === undefined) return undefined
  let verdict: unknown
  try {
    verdict = await authorize(request)
  } catch (error) {
    if (error instanceof RefusedRequest) throw error
    const { statusCode } = Object(error) as { statusCode?: unknown }
    const own = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600
    throw new RefusedRequest('handshakeError', 'authorize failed', { err: error, ...(own && { status: statusCode }) })
  }
  if (verdict === false) throw new RefusedRequest('unauthorized', 'authorize said no')
  return verdict
}

/**
 * What a session is opened with, if `authorize` lets the handshake in.
 * @throws RefusedRequest when it says no or fails, and when there are too many sessions or the server is closing; what
 * `generateId` throws.
 */
export async function admit ({ engine, settings: { authorize } }: Admission, request: FastifyRequest, reply: FastifyReply): Promise<Admitted> {
  refuseWhenFull(engine, reply)
  const raw: RawRequest = request.raw
  raw._query = request.query // read by the official Server (`socket.handshake.query`), which keeps this request
  const context = await authorized(request, authorize)
  const id = await engine.newId(raw)
  refuseWhenFull(engine, reply) // others may have come meanwhile
  return { id, context }
}
