// Handles POSTs of Engine.IO, which carry packets of the client. The answer is "ok" when all of them have been delivered.
import type { FastifyReply } from 'fastify'
import { decodeEngineBody } from '../../transports/jsonp-polling.js'
import type { EngineIoContext, EngineIoRequest } from './context.js'
import { addHeaders, allowMarkup } from '../headers.js'
import { JSONP } from '../hooks.js'
import { answering, toError, toSessionRequest } from '../session-request.js'

/** Returns the payload of a POST: text or, in Engine.IO 3, possibly bytes. */
function payloadIn (request: EngineIoRequest): string | Buffer {
  const body = request.body ?? ''
  return request[JSONP] === undefined || typeof body !== 'string' ? body : decodeEngineBody(body)
}

/** Delivers the packets of a POST, and answers "ok" if all were delivered. The body is released at once, and the request when its client disconnects. */
export function handlePost ({ engine, hosts, shared: { version } }: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const session = toSessionRequest(request, `engine ${version}`, 'polling')
  engine.requested(request.raw, session.sid, session.dialect, 'post')
  const owner = hosts.takes(session.sid).post(session, payloadIn(request), (refused) => {
    answering(reply, () => {
      if (refused !== undefined) throw toError(refused)
      addHeaders(engine, reply, false)
      allowMarkup(reply)
      reply.type('text/html') // old browsers offered plain text for download
      engine.answers.write(() => reply.send('ok'))
    })
  })
  if (owner === undefined) return
  request.body = undefined
  reply.raw.once('close', () => owner.abandon())
}
