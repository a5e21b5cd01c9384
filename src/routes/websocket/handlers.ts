// What surrounds the call of @fastify/websocket that answers an upgrade. If the app has hooks `onResponse`, they run at the end of the WebSocket. Fastify runs them
// at 'finish' of the answer, but @fastify/websocket takes the connection from the answer, so it never finishes by itself.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { isAccepted, isUpgrade } from '../upgrade-requests.js'
import { answerOwnKeys, withAcceptedKey } from './any-key.js'
import type { ResponseHooks } from './response-hooks.js'

/** Finishes the answer when its connection closes. @param connection the connection; null if it has closed */
function finishAtEnd (request: IncomingMessage, answer: ServerResponse, connection: ServerResponse['socket']): void {
  const finish = (): void => {
    answer.statusCode = isAccepted(request) ? 101 : 400 // 400: ws has refused it, or the client had gone
    answer.emit('finish')
  }
  if (connection === null || connection.closed) finish()
  else connection.once('close', finish)
}

/** Wraps the handlers of the WebSocket routes that are added to the scope from now on. Called after @fastify/websocket has been registered, which wraps them too. */
export function wrapHandlers (scope: FastifyInstance, hooks: ResponseHooks): void {
  answerOwnKeys(scope)
  scope.addHook('onRoute', (route) => {
    const { handler, wsHandler, config } = route
    if (wsHandler === undefined) return
    if (route.onResponse !== undefined) hooks.addOfRoute()
    const takesAnyKey = config?.socketio?.dialect === 'revision 1'
    route.handler = function handleUpgrade (request, reply) {
      const upgrade = (): unknown => handler.call(this, request, reply)
      if (!isUpgrade(request)) return upgrade()
      const { socket } = reply.raw // the answer loses it in the handler
      const result = takesAnyKey ? withAcceptedKey(request.raw, upgrade) : upgrade()
      if (hooks.any) finishAtEnd(request.raw, reply.raw, socket)
      return result
    }
  })
}
