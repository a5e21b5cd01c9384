// Releases objects that only the request of an upgrade needed. WebSockets last long and most are idle, so each must take little memory.
import type { Socket as TcpSocket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { WebSocket, WebSocketServer } from 'ws'
import { answerOn } from '../../private/node-answer.js'
import { forgetHead } from '../../private/websocket-head.js'
import type { WebSocketInit } from '../../transports/websocket.js'
import { reset } from '../replies.js'
import { accept } from '../upgrade-requests.js'
import { isInjected } from './injected.js'

/** The WebSocket servers of the plugin's own instances of @fastify/websocket. */
const ownServers = new WeakSet<WebSocketServer>()

/** Marks the server of one of the plugin's own instances. Transports handle the errors of its WebSockets. */
export function markOwn (server: WebSocketServer): void {
  ownServers.add(server)
}

/** Detaches the unused answer to the upgrade, unless a hook of the app listens to its 'close', which is emitted when the connection closes. */
function detachAnswer (connection: TcpSocket | undefined): void {
  if (connection === undefined) return
  const answer = answerOn(connection)
  if (answer !== undefined && answer.listenerCount('close') === 0) answer.detachSocket(connection)
}

/**
 * Returns the parts of an upgrade that a WebSocketTransport needs, and releases the others. The caller must make the transport at once, because the transport
 * adds the listener for errors.
 */
export function toWebSocketInit (socket: WebSocket, request: FastifyRequest): Pick<WebSocketInit, 'socket' | 'connection' | 'reset' | 'log'> {
  const connection = isInjected(request) ? undefined : request.raw.socket
  accept(request.raw)
  detachAnswer(connection)
  forgetHead(request.raw)
  const own = ownServers.has(request.server.websocketServer)
  // The library's own listener keeps Fastify's request and reply in memory. In the app's instance it stays, because it calls the app's error handler.
  if (own) socket.removeAllListeners('error')
  return { socket, connection, reset, log: own ? request.log : undefined }
}
