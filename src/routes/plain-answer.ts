// Plain HTTP answers on connections that Node has handed over with the event 'upgrade'. Node's HTTP parser does not read these connections any more.
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { answerOn, newAnswer } from '../private/node-answer.js'

/** Closes both halves of a connection. `end()` closes only the server's half, and without Node's parser nothing else closes the client's. */
export const close = (socket: Duplex): void => { socket.end(() => socket.destroy()) }

/** Handles the request as an ordinary one, as Node does if there is no listener for 'upgrade'. */
export function answerPlainly (app: FastifyInstance, request: IncomingMessage, socket: Duplex): void {
  const answer = newAnswer(request, socket)
  answer.shouldKeepAlive = false
  answer.once('finish', () => close(socket))
  socket.on('drain', () => answer.emit('drain')) // Node has removed its own listener together with the parser
  // Further bytes of the client are discarded. Without reading them, 'end' would not be emitted.
  socket.on('end', () => close(socket)).resume()
  app.routing(request, answer)
}

/** How long a connection whose answer cannot be found may be idle, ms. */
const IDLE = 60_000

/**
 * Closes a connection when the answer that @fastify/websocket has made for it is finished. The plugin's hooks do not run for some of these answers: when the
 * URL cannot be decoded, and for all requests once Fastify closes. Nothing else closes such a connection, not even when the client ends it.
 */
export function closeWhenAnswered (socket: Duplex): void {
  const answer = answerOn(socket)
  if (answer !== undefined) answer.once('finish', () => close(socket)) // the answer to a successful upgrade finishes when its connection has closed, or never
  else if (socket instanceof Socket) socket.setTimeout(IDLE, () => socket.destroy()) // for a WebSocket, ws clears this timeout
}
