// Answers on connections that Node has given away with the event 'upgrade'. No parser of Node's reads them any more.
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { answerOn, newAnswer } from '../private/node-answer.js'

/** Nobody else would: without a parser, the end of our half is not the end of the client's. */
export const close = (socket: Duplex): void => { socket.end(() => socket.destroy()) }

/** Does what Node does with an upgrade that nobody listens for: it is an ordinary request. */
export function answerPlainly (app: FastifyInstance, request: IncomingMessage, socket: Duplex): void {
  const answer = newAnswer(request, socket)
  answer.shouldKeepAlive = false
  answer.once('finish', () => close(socket))
  socket.on('drain', () => answer.emit('drain')) // Node's own listener left with the parser
  // What the client says further is nobody's; read, it does not hide that the client has left.
  socket.on('end', () => close(socket)).resume()
  app.routing(request, answer)
}

/** How long a connection may lie idle whose answer Node does not tell, ms. */
const IDLE = 60_000

/**
 * Closes a connection once its answer, which @fastify/websocket has made, is over. Some answers no hook of ours sees: those to a URL that cannot be
 * read, and all of them once Fastify closes. Nobody else would close it: even the client's end goes unnoticed.
 */
export function closeWhenAnswered (socket: Duplex): void {
  const answer = answerOn(socket)
  if (answer !== undefined) answer.once('finish', () => close(socket)) // an upgrade that succeeds never finishes it
  else if (socket instanceof Socket) socket.setTimeout(IDLE, () => socket.destroy()) // ws ends it for a WebSocket
}
