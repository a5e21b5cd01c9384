// A request as the node with its session needs it, and the refusals of that node.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refused, SessionRequest } from '../../types/cluster.js'
import { RefusedRequest } from '../errors.js'
import type { DialectName, TransportName } from '../session/transport.js'
import { JSONP } from './hooks.js'
import { sessionIdOf } from './query.js'
import { isUpgrade } from './upgrade-requests.js'

/** Describes a request for the node with its session. */
export function toSessionRequest (request: FastifyRequest, dialect: DialectName, transport: TransportName): SessionRequest {
  return { sid: sessionIdOf(request, dialect), dialect, transport, isUpgrade: isUpgrade(request), isScript: request[JSONP] !== undefined }
}

/** Returns the error that refuses a request here. */
export const toError = (refused: Refused): RefusedRequest =>
  refused instanceof RefusedRequest ? refused : new RefusedRequest(refused.reason, refused.detail, refused.context)

/** Calls a function that answers a request. An error of it, for example of a listener for headers, becomes the answer: the caller may be a link. */
export function answering (reply: FastifyReply, answer: () => void): void {
  try {
    answer()
  } catch (error) {
    reply.send(error)
  }
}
