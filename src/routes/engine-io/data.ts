// What a POST of Engine.IO does: it brings packets, and is acknowledged when all of them have been delivered.
import type { FastifyReply } from 'fastify'
import { ProtocolError, TooManyPacketsError } from '../../codec/packet.js'
import type { Frame } from '../../codec/packet.js'
import { isRefusalReason, RefusedRequest } from '../../errors.js'
import type { Socket } from '../../session/socket.js'
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
function framesIn (request: EngineIoRequest, socket: Socket, { codec }: Polls, maxPackets: number): Frame[] {
  try {
    return codec.decodePayload(payloadIn(request), maxPackets)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    if (error instanceof TooManyPacketsError) throw new RefusedRequest('too many packets', error.message, { sid: socket.id })
    socket.end('parse error', undefined, error)
    throw new RefusedRequest('parse error', error.message, { sid: socket.id })
  }
}

/**
 * Whether every frame was delivered. Frames are not delivered after the application has closed the session. A packet that asks for an acknowledgement is not
 * delivered after the client has been told to go.
 */
function deliver (socket: Socket, frames: readonly Frame[]): boolean {
  let delivered = true
  for (const frame of frames) {
    delivered &&= socket.readyState === 'open' || socket.parting
    delivered = socket.onFrame(frame) && delivered
  }
  return delivered
}

/** Sessions with a POST that waits for their end. */
const refusing = new WeakSet<Socket>()

/**
 * Refuses packets to a session that the application has closed: at its end, since a client that is refused does not come for what is
 * left. A client has one POST under way at a time; whoever has more is refused at once. What it carries is not kept meanwhile, nor the request when
 * its client has gone.
 */
function refuseAtEnd (socket: Socket, request: EngineIoRequest, reply: FastifyReply): void {
  request.body = undefined
  const refuse = (): void => { reply.send(new RefusedRequest('unknown session', 'the application has closed the session', { sid: socket.id })) }
  if (socket.readyState === 'closed' || refusing.has(socket)) return refuse()
  refusing.add(socket)
  socket.once('close', refuse)
  reply.raw.once('close', () => {
    socket.off('close', refuse)
    refusing.delete(socket)
  })
}

/** A POST brings packets; with one that cannot be read, the session ends. "ok" says that all were delivered. */
export function handlePost (context: EngineIoContext, request: EngineIoRequest, reply: FastifyReply): void {
  const { socket, polls } = pollingOf(context, request)
  const delivered = deliver(socket, framesIn(request, socket, polls, context.settings.maxPackets))
  const reason = socket.ended?.reason ?? ''
  if (isRefusalReason(reason)) throw new RefusedRequest(reason, 'a packet of this payload ended the session', { sid: socket.id })
  if (!delivered && reason !== 'client left') {
    if (socket.parting) throw context.engine.refusal('a packet asks for an acknowledgement, which cannot reach the client any more', socket.id)
    return refuseAtEnd(socket, request, reply)
  }
  addHeaders(context.engine, reply, false)
  reply.type('text/html') // as plain text, old browsers offered it for download
  context.engine.answers.write(() => reply.send('ok'))
}
