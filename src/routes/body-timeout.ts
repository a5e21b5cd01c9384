// How long the body of a POST may take to arrive. Fastify's own `requestTimeout` is off unless the application sets it.
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../engine.js'
import { RefusedRequest } from '../errors.js'

/** Refuses requests whose body takes longer than so many ms. */
export function limitBodies (scope: FastifyInstance, { wheel }: Engine, bodyTimeout: number): void {
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.method !== 'POST') return done(null, payload)
    const timer = wheel.timer(() => {
      // Whoever reads the body is told, and answers; the connection is still good for that. Before that nobody could be.
      if (payload.listenerCount('error') === 0) request.raw.destroy()
      else payload.emit('error', new RefusedRequest('body timeout', 'the body took longer than bodyTimeout', { bodyTimeout }))
    })
    timer.start(bodyTimeout)
    request.raw.once('close', () => timer.stop()) // after its end, or when it breaks
    done(null, payload)
  })
}
