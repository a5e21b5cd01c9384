// Which sessions have a POST under way: they are not to end before it has been heard.
import type { ServerResponse } from 'node:http'
import type { Engine } from '../engine/engine.js'
import type { Socket } from '../session/socket.js'
import type { PreHandler } from './add-route.js'
import { sessionIdOf } from './query.js'

/** Known by the answer, so that all can have the same listener. */
const SESSION: unique symbol = Symbol('fastify-socketio-transports.session')

type Answer = ServerResponse & { [SESSION]?: Socket }

function onClose (this: Answer): void { this[SESSION]?.onPost(true) }

/** Hook `onRequest`: the session knows of its POST from the head to the answer. */
export function notePost (engine: Engine): PreHandler {
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
