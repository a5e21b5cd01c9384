// Recognises requests whose answer is a script (JSONP).
import type { FastifyRequest } from 'fastify'
import { callbackIndex } from '../transports/jsonp-polling.js'
import { isRevision1, TRANSPORTS } from '../transports/index.js'
import { lastOf } from './query.js'

/** Returns whether the answer is a script. A page of any origin can load a script and read its contents. */
export function isScript (request: FastifyRequest): boolean {
  const { transport = null, dialect } = request.routeOptions.config.socketio ?? {}
  if (request.method !== 'GET' || transport === 'websocket') return false
  if (dialect !== 'revision 1') return lastOf(request, 'j') !== undefined
  if (transport === null || !isRevision1(transport)) return callbackIndex(lastOf(request, 'jsonp')) !== undefined
  const row = TRANSPORTS[transport]
  return row.kind === 'poll' && row.jsonp
}
