// Which sessions have a POST under way: they are not to end before it has been heard.
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../engine.js'
import { sessionIdOf } from './query.js'

/** Has sessions know of their POSTs, from their heads to their answers. */
export function noteSessionsPosts (scope: FastifyInstance, engine: Engine): void {
  scope.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions: { config: { socketio } } } = request
    const socket = method === 'POST' && socketio !== undefined ? engine.find(sessionIdOf(request, socketio.dialect), socketio.dialect) : undefined
    if (socket !== undefined) {
      socket.onPost(false)
      reply.raw.once('close', () => socket.onPost(true))
    }
    done()
  })
}
