// The handshake of revision 1: any request without a session id opens a session. The answer is one line with the id, the timeouts and the transports.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Dialect, DialectSession } from '../../session/dialect.js'
import { RefusedRequest } from '../../errors.js'
import type { Hosts } from '../../hosts/hosts.js'
import type { Settings } from '../../options.js'
import { isRevision1 } from '../../transports/index.js'
import type { Revision1Request } from './context.js'
import { addressOf } from '../address.js'
import { admit } from '../admission.js'
import { addHeaders } from '../headers.js'
import { JSONP } from '../hooks.js'
import { hasDisconnect } from '../query.js'
import { toSessionRequest } from '../session-request.js'

type HandshakeHandler = (request: Revision1Request, reply: FastifyReply) => Promise<FastifyReply>

export const OTHER_REVISION = 'the revision in the URL is not 1: clients 0.7 to 0.9 send /1/ behind the path, and later ones a query with EIO'

const seconds = (time: number | false): string => time === false ? '' : String(time / 1000)

/** Returns the answer `SID:HEARTBEAT:CLOSE:TRANSPORTS` without the session id. The two timeouts are in seconds. */
function lineOf ({ heartbeatInterval, heartbeatTimeout, closeTimeout, transports }: Settings): string {
  return `:${seconds(heartbeatInterval && heartbeatTimeout)}:${seconds(closeTimeout)}:${transports.filter(isRevision1).join(',')}`
}

/** Answers a request that is not from a client. */
export function welcome (_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.type('text/plain').send('Welcome to socket.io.')
}

/** Makes the handler of handshakes. @param dialect makes the dialect object of a session */
export function createHandshake (hosts: Hosts, settings: Settings, dialect: (session: DialectSession) => Dialect): HandshakeHandler {
  const { engine } = hosts
  const line = lineOf(settings)

  return async function handshake (request, reply) {
    const { protocol, transport } = request.params
    if (/\.(?:js|swf)$/.test(transport ?? protocol)) { // a file of the client that is not served
      reply.callNotFound()
      return reply
    }
    const version = Number(protocol)
    if (Number.isNaN(version) && transport === undefined) return await welcome(request, reply)
    if (version !== 1) throw new RefusedRequest('unsupported version', OTHER_REVISION, { protocol })
    // `/1//SID/?disconnect`, if the host merges slashes (`ignoreDuplicateSlashes`). Then `transport` is the session id.
    if (hasDisconnect(request) && transport !== undefined && !isRevision1(transport)) {
      hosts.takes(transport).end({ ...toSessionRequest(request, 'revision 1', 'xhr-polling'), sid: transport })
      return await reply.send('')
    }
    const admitted = await admit({ engine, settings }, request)
    if (request.raw.socket.destroyed) return reply // the client disconnected meanwhile, and would never use the session
    addHeaders(engine, reply, true) // before the session opens: if a listener throws, there is no session
    const session = engine.handshake({ ...admitted, request: request.raw, remoteAddress: addressOf(request), dialect })
    return await reply.type(request[JSONP] === undefined ? 'text/plain' : 'application/javascript').send(session.id + line)
  }
}
