// Private part of Node: which answer (ServerResponse) a connection carries.
// What: `socket._httpMessage`, the ServerResponse that `assignSocket` has given the connection; null after `detachSocket`. Seen in Node 20 to 24.
//   `assignSocket` and `detachSocket` themselves are in Node's types, and in no page of its documentation; @fastify/websocket needs them too.
// When it is gone: `answerOn` finds nothing. The connection of an upgrade that is refused on a route of ours that takes none, or before any hook
//   runs, is then closed once it has been idle for a minute, and a WebSocket keeps the answer to its upgrade in memory. Everything else works:
//   `isAnswering` needs a documented error only. Without `assignSocket` or `detachSocket`, registration fails with FST_SIO_UNSUPPORTED_VERSION.
import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { UnsupportedVersionError } from '../errors.js'

/** @throws FST_SIO_UNSUPPORTED_VERSION */
export function checkAnswers (): void {
  const { assignSocket, detachSocket }: Partial<ServerResponse> = ServerResponse.prototype
  if (typeof assignSocket !== 'function' || typeof detachSocket !== 'function') {
    throw new UnsupportedVersionError('node', 'ServerResponse.assignSocket and detachSocket', 'use Node 20, 22 or 24')
  }
}

/** Node types the connection as one of TCP, and takes any stream. */
const asConnection = (socket: Duplex): never => socket as never

/** Gives the connection an answer. @throws ERR_HTTP_SOCKET_ASSIGNED when another answer has it */
export function newAnswer (request: IncomingMessage, socket: Duplex): ServerResponse {
  const answer = new ServerResponse(request)
  answer.assignSocket(asConnection(socket))
  return answer
}

/** Whether the connection carries an answer that has not ended: Node gives it no second one. */
export function isAnswering (request: IncomingMessage, socket: Duplex): boolean {
  try {
    newAnswer(request, socket).detachSocket(asConnection(socket))
    return false
  } catch {
    return true
  }
}

/** The answer that the connection carries, where Node tells. */
export function answerOn (socket: Duplex): ServerResponse | undefined {
  const { _httpMessage: answer }: { _httpMessage?: unknown } = Object(socket)
  return answer instanceof ServerResponse ? answer : undefined
}
