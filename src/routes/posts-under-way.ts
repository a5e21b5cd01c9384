// Tells sessions of their POSTs: a session must not end before its POSTs have been delivered.
import type { ServerResponse } from 'node:http'
import type { Engine } from '../engine/engine.js'
import type { Session } from '../session/session.js'
import type { Hook } from './rows.js'
import { sessionIdOf } from './query.js'

/** A property of the response, so that all responses can share one listener. */
const SESSION: unique symbol = Symbol('fastify-socketio-transports.session')

type Answer = ServerResponse & { [SESSION]?: Session }

function onClose (this: Answer): void { this[SESSION]?.onPost(true) }

/** Hook `onRequest`: tells the session that a POST has begun and, with the end of the response, that it is over. */
export function notePost (engine: Engine): Hook {
  return function noteSessionsPost (request, reply, done) {
    const { dialect } = request.routeOptions.config.socketio ?? {}
    const session = dialect && engine.find(sessionIdOf(request, dialect), dialect)
    if (session !== undefined) {
      const answer: Answer = reply.raw
      session.onPost(false)
      answer[SESSION] = session
      answer.on('close', onClose)
    }
    done()
  }
}
