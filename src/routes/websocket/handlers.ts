// What surrounds the call of @fastify/websocket that answers an upgrade. The call is synchronous: after it, the upgrade has been accepted, or refused by ws.
import type { FastifyInstance } from 'fastify'
import { isUpgrade } from '../upgrade-requests.js'
import { answerOwnKeys, withAcceptedKey } from './any-key.js'

/** Wraps the handlers of the WebSocket routes that are added to the scope from now on. Called after @fastify/websocket has been registered, which wraps them too. */
export function wrapHandlers (scope: FastifyInstance): void {
  answerOwnKeys(scope)
  scope.addHook('onRoute', (route) => {
    const { handler, wsHandler, config } = route
    if (wsHandler === undefined || config?.socketio?.dialect !== 'revision 1') return
    route.handler = function handleUpgrade (request, reply) {
      const upgrade = (): unknown => handler.call(this, request, reply)
      return isUpgrade(request) ? withAcceptedKey(request.raw, upgrade) : upgrade()
    }
  })
}
