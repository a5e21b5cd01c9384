// The handshake of revision 1: any request without a session id opens a session and is answered with its line.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DISCONNECT } from '../codec/revision-1.js'
import type { Dialect, DialectSocket } from '../dialect.js'
import type { Engine } from '../engine.js'
import { RefusedRequest, REFUSALS } from '../errors.js'
import type { Settings } from '../options.js'
import { TRANSPORTS } from '../transports/index.js'
import { hasDisconnect, JSONP } from './hooks.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
type RawRequest = FastifyRequest['raw'] & { _query?: unknown }

const seconds = (time: number | false): string => time === false ? '' : String(time / 1000)

/** `SID:HEARTBEAT:CLOSE:TRANSPORTS`, without the session id: what the client is told about the timers, in seconds. */
function lineOf ({ heartbeatInterval, heartbeatTimeout, closeTimeout, transports }: Settings): string {
  return `:${seconds(heartbeatInterval && heartbeatTimeout)}:${seconds(closeTimeout)}:${transports.join(',')}`
}

/** @throws RefusedRequest when `authorize` says no, or fails. */
async function authorized (request: FastifyRequest, authorize: Settings['authorize']): Promise<unknown> {
  if (authorize === undefined) return undefined
  let verdict: unknown
  try {
    verdict = await authorize(request)
  } catch (error) {
    const { statusCode } = Object(error) as { statusCode?: unknown }
    const own = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600
    const refusal = own ? { ...REFUSALS.handshakeError, status: statusCode } : REFUSALS.handshakeError
    throw new RefusedRequest(refusal, 'authorize failed', { err: error })
  }
  if (verdict === false) throw new RefusedRequest(REFUSALS.unauthorized, 'authorize said no')
  return verdict
}

/** The answer to whoever is no client. */
export function welcome (_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.type('text/plain').send('Welcome to socket.io.')
}

/** The handler of the handshake's URLs; `dialect` makes what speaks for each session. */
export function createHandshake (engine: Engine, settings: Settings, dialect: (socket: DialectSocket) => Dialect): Handler {
  const line = lineOf(settings)

  function refuseWhenFull (reply: FastifyReply): void {
    if (!engine.full && !engine.closing) return
    reply.header('retry-after', '30')
    if (engine.closing && reply.request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
    throw new RefusedRequest(REFUSALS.overloaded, engine.closing ? 'closing' : 'maxSessions reached', { sessions: engine.sessions.size })
  }

  return async function handshake (request, reply) {
    const { protocol, transport } = request.params as { protocol: string, transport?: string }
    if (/\.(?:js|swf)$/.test(transport ?? protocol)) { // a page asks for the client, which is not served
      reply.callNotFound()
      return reply
    }
    const version = Number(protocol)
    if (Number.isNaN(version) && transport === undefined) return await welcome(request, reply)
    if (version !== 1) throw new RefusedRequest(REFUSALS.unsupportedVersion, 'unsupported revision', { protocol })
    // `/1//SID/?disconnect`, where the host takes two slashes for one.
    if (hasDisconnect(request) && transport !== undefined && !Object.hasOwn(TRANSPORTS, transport)) {
      engine.sessions.get(transport)?.end('transport close', DISCONNECT)
      return await reply.send('')
    }
    refuseWhenFull(reply)
    const context = await authorized(request, settings.authorize)
    refuseWhenFull(reply) // others may have come meanwhile
    const raw: RawRequest = request.raw
    raw._query = request.query // the official Server reads socket.handshake.query here
    const socket = engine.handshake({ request: raw, remoteAddress: request.ip, context, dialect })
    request.log.debug({ sid: socket.id }, 'session opened')
    return await reply.type(request[JSONP] === null ? 'text/plain' : 'application/javascript').send(socket.id + line)
  }
}
