// Tells sessions of their POSTs: a session must not end before its POSTs have been delivered.
import type { ServerResponse } from 'node:http'
import type { Engine } from '../engine/engine.js'
import type { Socket } from '../session/socket.js'
import type { Hook } from './rows.js'
import { sessionIdOf } from './query.js'

/** A property of the response, so that all responses can share one listener. */
const SESSION: unique symbol = Symbol('fastify-socketio-transports.session')

type Answer = ServerResponse & { [SESSION]?: Socket }

function onClose (this: Answer): void { this[SESSION]?.onPost(true) }

/** Hook `onRequest`: tells the session that a POST has begun and, with the end of the response, that it is over. */
export function notePost (engine: Engine): Hook {
  return function noteSessionsPost (request, reply, done) {
    const { dialect } = request.routeOptions.config.socketio ?? {}
    const socket = dialect && engine.find(sessionIdOf(request, dialect), dialect)
    if (socket !== undefined) {
      const answer: Answer = reply.raw
      socket.onPost(false)
      answer[SESSION] = socket
      answer.on('close', onClose)
    }
    done()
  }
}
