// Reports to each session when its POSTs begin and end: a session must not end before the packets of its POSTs have been delivered.
import type { ServerResponse } from 'node:http'
import type { Engine } from '../engine/engine.js'
import type { Session } from '../session/session.js'
import type { DialectName } from '../session/transport.js'
import type { Hook } from './rows.js'
import { sessionIdOf } from './query.js'

/** Property of a response: its session. So all responses can share one listener. */
const SESSION: unique symbol = Symbol('fastify-socketio-transports.session')

type Answer = ServerResponse & { [SESSION]?: Session }

function onClose (this: Answer): void { this[SESSION]?.onPost(true) }

/** Makes a hook for `onRequest` of the routes of a dialect. It reports to the session that a POST has begun and, when the response has closed, that the POST is over. */
export function notePost (engine: Engine, dialect: DialectName): Hook {
  return function noteSessionsPost (request, reply, done) {
    const session = engine.find(sessionIdOf(request, dialect), dialect)
    if (session !== undefined) {
      const answer: Answer = reply.raw
      session.onPost(false)
      answer[SESSION] = session
      answer.on('close', onClose)
    }
    done()
  }
}
