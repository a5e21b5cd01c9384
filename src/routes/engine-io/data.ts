// Handles POSTs of Engine.IO, which carry packets of the client. The answer is "ok" when all of them have been delivered.
import type { FastifyReply } from 'fastify'
import { ProtocolError, TooManyPacketsError } from '../../codec/packet.js'
import type { Frame } from '../../codec/packet.js'
import { isRefusalReason, RefusedRequest } from '../../errors.js'
import type { Session } from '../../session/session.js'
import type { Polls } from '../../session/transport.js'
import { decodeEngineBody } from '../../transports/jsonp-polling.js'
import { pollingOf } from './session.js'
import type { EngineIoContext, EngineIoRequest } from './context.js'
import { addHeaders, allowMarkup } from '../headers.js'
import { JSONP } from '../hooks.js'

/** Returns the payload of a POST: text or, in Engine.IO 3, possibly bytes. */
function payloadIn (request: EngineIoRequest): string | Buffer {
  const body = request.body ?? ''
  return request[JSONP] === undefined || typeof body !== 'string' ? body : decodeEngineBody(body)
}

/** Decodes the frames of a POST. @throws RefusedRequest if the payload cannot be decoded (this ends the session), or has more than `maxPackets` packets. */
function framesIn (request: EngineIoRequest, session: Session, { codec }: Polls, maxPackets: number): Frame[] {
  try {
    return codec.decodePayload(payloadIn(request), maxPackets)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    if (error instanceof TooManyPacketsError) throw new RefusedRequest('too many packets', error.message, { sid: session.id })
    session.end('parse error', undefined, error)
    throw new RefusedRequest('parse error', error.message, { sid: session.id })
  }
}

/**
 * Delivers frames. Returns whether all of them were delivered. Frames are not delivered after the application has closed the session. A packet that asks for
 * an acknowledgement is not delivered after the client has been told to leave.
 */
function deliver (session: Session, frames: readonly Frame[]): boolean {
  let delivered = true
  for (const frame of frames) {
    delivered &&= session.readyState === 'open' || session.parting
    delivered = session.onFrame(frame) && delivered
  }
  return delivered
}

/** Sessions with a POST that will be refused when the session ends. */
const refusing = new WeakSet<Session>()

/**
 * Refuses a POST to a session that the application has closed. It is refused when the session ends, not before: after a refusal, the client would not fetch
 * the packets that still wait for it. A correct client sends one POST at a time, so a second one is refused at once. The body is released at once, and the
 * request when its client disconnects.
 */
function refuseAtEnd (session: Session, request: EngineIoRequest, reply: FastifyReply): void {
  request.body = undefined
  const refuse = (): void => { reply.send(new RefusedRequest('unknown session', 'the application has closed the session', { sid: session.id })) }
  if (session.readyState === 'closed' || refusing.has(session)) return refuse()
  refusing.add(session)
  session.socket.once('close', refuse)
  reply.raw.once('close', () => {
    session.socket.off('close', refuse)
    refusing.delete(session)
  })
}

/** Delivers the packets of a POST, and answers "ok" if all were delivered. A packet that cannot be decoded ends the session. */
export function handlePost (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { session, polls } = pollingOf(context, request)
  const delivered = deliver(session, framesIn(request, session, polls, context.settings.maxPackets))
  const { reason = '', cause } = session.ended ?? {}
  if (isRefusalReason(reason)) throw new RefusedRequest(reason, `a packet of this payload ended the session: ${cause?.message ?? reason}`, { sid: session.id })
  if (!delivered && reason !== 'client left') {
    if (session.parting) throw context.engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', session.id)
    return refuseAtEnd(session, request, reply)
  }
  addHeaders(context.engine, reply, false)
  allowMarkup(reply)
  reply.type('text/html') // old browsers offered plain text for download
  context.engine.answers.write(() => reply.send('ok'))
}
