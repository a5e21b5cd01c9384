// Who may open a session: the bound on sessions, and the application's `authorize`.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../engine.js'
import { RefusedRequest } from '../errors.js'
import type { Settings } from '../options.js'

/** What `authorize` said of the handshake, on its way to the handler. */
export const ADMITTED: unique symbol = Symbol('fastify-socketio-transports.admitted')

declare module 'fastify' {
  interface FastifyRequest {
    [ADMITTED]: unknown
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
 * What `authorize` says of a handshake, if it lets it in.
 * @throws RefusedRequest when it says no or fails, and when there are too many sessions or the server is closing.
 */
export async function admit (engine: Engine, { authorize }: Settings, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  refuseWhenFull(engine, reply)
  const raw: RawRequest = request.raw
  raw._query = request.query // read by the official Server (`socket.handshake.query`), which keeps this request
  const context = await authorized(request, authorize)
  refuseWhenFull(engine, reply) // others may have come meanwhile
  return context
}
