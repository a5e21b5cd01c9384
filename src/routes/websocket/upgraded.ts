// What is left of an upgrade once it has succeeded. A WebSocket lasts, and most lie idle: what only the request needed is let go.
import type { Socket as TcpSocket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { WebSocket, WebSocketServer } from 'ws'
import { answerOn } from '../../private/node-answer.js'
import { forgetHead } from '../../private/websocket-head.js'
import type { WebSocketInit } from '../../transports/websocket.js'
import { reset } from '../replies.js'
import { accept } from '../upgrade-requests.js'

/** Those of our own instances of @fastify/websocket. */
const ownServers = new WeakSet<WebSocketServer>()

/** From now on the failures of its WebSockets are seen to by their transports. */
export function markOwn (server: WebSocketServer): void {
  ownServers.add(server)
}

/** The answer was never sent as one. Who listens to its end (a hook of the app) is to hear of that of the connection. */
function detachAnswer (connection: TcpSocket | undefined): void {
  if (connection === undefined) return
  const answer = answerOn(connection)
  if (answer !== undefined && answer.listenerCount('close') === 0) answer.detachSocket(connection)
}

/** What carries a WebSocket, and nothing else of its request than the session keeps. A transport is to be made of it at once: it hears errors. */
export function toWebSocketInit (socket: WebSocket, request: FastifyRequest): Pick<WebSocketInit, 'socket' | 'connection' | 'reset' | 'log'> {
  const connection = request.raw.socket as TcpSocket | undefined // none behind `injectWS`
  accept(request.raw)
  detachAnswer(connection)
  forgetHead(request.raw)
  const own = ownServers.has(request.server.websocketServer)
  // The library's own listener keeps Fastify's request and reply. In the app's instance it tells the app's error handler.
  if (own) socket.removeAllListeners('error')
  return { socket, connection, reset, log: own ? request.log : undefined }
}
