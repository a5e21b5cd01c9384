// Private part of Node: the answer (ServerResponse) that a connection has.
// What: `socket._httpMessage`, the ServerResponse that `assignSocket` has given the connection; null after `detachSocket`. Seen in Node 20 to 24.
//   `assignSocket` and `detachSocket` are in Node's types, but not in its documentation; @fastify/websocket needs them too.
// When it is gone: `answerOn` finds nothing. Some upgrades are refused before any hook runs, or on a route of the plugin that accepts no upgrade. Their
//   connections are then closed only after a minute idle, and a WebSocket keeps the answer to its upgrade in memory. Everything else works:
//   `isAnswering` then makes an answer for each upgrade, for which Node has a documented error. Without `assignSocket` or `detachSocket`, registration fails with FST_SIO_UNSUPPORTED_VERSION.
import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { UnsupportedVersionError } from '../errors.js'

const ANSWER = '_httpMessage'

/** @throws FST_SIO_UNSUPPORTED_VERSION */
export function checkAnswers (): void {
  const { assignSocket, detachSocket }: Partial<ServerResponse> = ServerResponse.prototype
  if (typeof assignSocket !== 'function' || typeof detachSocket !== 'function') {
    throw new UnsupportedVersionError('node', 'ServerResponse.assignSocket and detachSocket', 'use Node 20, 22 or 24')
  }
}

/** Casts a connection for `assignSocket`, whose type is a TCP socket, although it accepts any stream. */
const asConnection = (socket: Duplex): never => socket as never

/** Makes an answer and gives it the connection. @throws ERR_HTTP_SOCKET_ASSIGNED when the connection has another answer */
export function newAnswer (request: IncomingMessage, socket: Duplex): ServerResponse {
  const answer = new ServerResponse(request)
  answer.assignSocket(asConnection(socket))
  return answer
}

/** Whether the connection has an answer that has not ended. Node then refuses a second one. */
export function isAnswering (request: IncomingMessage, socket: Duplex): boolean {
  if (ANSWER in socket) return Boolean(socket[ANSWER])
  try {
    newAnswer(request, socket).detachSocket(asConnection(socket))
    return false
  } catch {
    return true
  }
}

/** Returns the answer that the connection has; undefined if it has none, or this version of Node does not show it. */
export function answerOn (socket: Duplex): ServerResponse | undefined {
  const { [ANSWER]: answer }: { [ANSWER]?: unknown } = Object(socket)
  return answer instanceof ServerResponse ? answer : undefined
}
