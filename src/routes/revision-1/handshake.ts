// The handshake of revision 1: any request without a session id opens a session and is answered with its line.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DISCONNECT } from '../../codec/revision-1.js'
import type { Dialect, DialectSession } from '../../session/dialect.js'
import type { Engine } from '../../engine/engine.js'
import { RefusedRequest } from '../../errors.js'
import type { Settings } from '../../options.js'
import { isRevision1 } from '../../transports/index.js'
import type { Revision1Request } from './context.js'
import { addressOf } from '../address.js'
import { admit } from '../admission.js'
import { addHeaders } from '../headers.js'
import { JSONP } from '../hooks.js'
import { hasDisconnect } from '../query.js'

type HandshakeHandler = (request: Revision1Request, reply: FastifyReply) => Promise<FastifyReply>

const seconds = (time: number | false): string => time === false ? '' : String(time / 1000)

/** `SID:HEARTBEAT:CLOSE:TRANSPORTS`, without the session id: what the client is told about the timers, in seconds. */
function lineOf ({ heartbeatInterval, heartbeatTimeout, closeTimeout, transports }: Settings): string {
  return `:${seconds(heartbeatInterval && heartbeatTimeout)}:${seconds(closeTimeout)}:${transports.filter(isRevision1).join(',')}`
}

/** The answer to whoever is no client. */
export function welcome (_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.type('text/plain').send('Welcome to socket.io.')
}

/** The handler of the handshake's URLs; `dialect` makes what speaks for each session. */
export function createHandshake (engine: Engine, settings: Settings, dialect: (session: DialectSession) => Dialect): HandshakeHandler {
  const line = lineOf(settings)

  return async function handshake (request, reply) {
    const { protocol, transport } = request.params
    if (/\.(?:js|swf)$/.test(transport ?? protocol)) { // a page asks for the client, which is not served
      reply.callNotFound()
      return reply
    }
    const version = Number(protocol)
    if (Number.isNaN(version) && transport === undefined) return await welcome(request, reply)
    if (version !== 1) throw new RefusedRequest('unsupported version', 'the revision is not 1', { protocol })
    // `/1//SID/?disconnect`, where the host takes two slashes for one.
    if (hasDisconnect(request) && transport !== undefined && !isRevision1(transport)) {
      engine.find(transport, 'revision 1')?.end('client left', DISCONNECT)
      return await reply.send('')
    }
    const admitted = await admit({ engine, settings }, request)
    if (request.raw.socket.destroyed) return reply // given up meanwhile: nobody would come for the session
    addHeaders(engine, reply, true) // first, for a listener that fails leaves no session behind
    const session = engine.handshake({ ...admitted, request: request.raw, remoteAddress: addressOf(request), dialect })
    request.log.debug({ sid: session.id }, 'session opened')
    return await reply.type(request[JSONP] === undefined ? 'text/plain' : 'application/javascript').send(session.id + line)
  }
}
