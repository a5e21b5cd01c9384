// What a POST of Engine.IO does: it brings packets, and is acknowledged when all of them have been delivered.
import type { FastifyReply } from 'fastify'
import { ProtocolError, TooManyPacketsError } from '../../codec/packet.js'
import type { Frame } from '../../codec/packet.js'
import { isRefusalReason, RefusedRequest } from '../../errors.js'
import type { Session } from '../../session/session.js'
import type { Polls } from '../../session/transport.js'
import { decodeEngineBody } from '../../transports/jsonp-polling.js'
import { pollingOf } from './session.js'
import type { EngineIoContext, EngineIoRequest } from './context.js'
import { addHeaders } from '../headers.js'
import { JSONP } from '../hooks.js'

/** What a POST carries: text, or in 3 a binary payload. */
function payloadIn (request: EngineIoRequest): string | Buffer {
  const body = request.body ?? ''
  return request[JSONP] === undefined || typeof body !== 'string' ? body : decodeEngineBody(body)
}

/** The frames of a POST, all or none. @throws RefusedRequest for a payload that cannot be read, which ends the session, or is too large. */
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
 * Whether every frame was delivered. Frames are not delivered after the application has closed the session. A packet that asks for an acknowledgement is not
 * delivered after the client has been told to go.
 */
function deliver (session: Session, frames: readonly Frame[]): boolean {
  let delivered = true
  for (const frame of frames) {
    delivered &&= session.readyState === 'open' || session.parting
    delivered = session.onFrame(frame) && delivered
  }
  return delivered
}

/** Sessions with a POST that waits for their end. */
const refusing = new WeakSet<Session>()

/**
 * Refuses packets to a session that the application has closed: at its end, since a client that is refused does not come for what is
 * left. A client has one POST under way at a time; whoever has more is refused at once. What it carries is not kept meanwhile, nor the request when
 * its client has gone.
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

/** A POST brings packets; with one that cannot be read, the session ends. "ok" says that all were delivered. */
export function handlePost (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { session, polls } = pollingOf(context, request)
  const delivered = deliver(session, framesIn(request, session, polls, context.settings.maxPackets))
  const reason = session.ended?.reason ?? ''
  if (isRefusalReason(reason)) throw new RefusedRequest(reason, 'a packet of this payload ended the session', { sid: session.id })
  if (!delivered && reason !== 'client left') {
    if (session.parting) throw context.engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', session.id)
    return refuseAtEnd(session, request, reply)
  }
  addHeaders(context.engine, reply, false)
  reply.type('text/html') // as plain text, old browsers offered it for download
  context.engine.answers.write(() => reply.send('ok'))
}
