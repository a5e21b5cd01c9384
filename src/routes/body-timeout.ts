// How long the body of a request may take to arrive, and what becomes of one that nobody reads. Fastify's own `requestTimeout` is off unless the application sets it.
import type { ServerHttp2Stream } from 'node:http2'
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest } from '../errors.js'

/** What is left of that time when the app closes, which waits for requests under way; ms. */
const WHEN_CLOSING = 2000

/** A request whose body may still be on its way. */
interface Reading { readonly request: FastifyRequest, readonly reply: FastifyReply, readonly payload: RequestPayload }

const hasBody = ({ headers }: FastifyRequest): boolean => (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined

/** Whether Fastify is going to read a body. */
const readsBody = (request: FastifyRequest): boolean =>
  request.method !== 'GET' && (request.headers['content-type'] !== undefined || hasBody(request))

/** In HTTP/2 a request is on a stream of its own, which is open until the client has ended it too. */
const streamOf = ({ raw }: FastifyRequest): ServerHttp2Stream | undefined => (raw as { stream?: ServerHttp2Stream }).stream

/** Whether nothing of a body is to come any more: it is there, or the connection is over. */
function isRead ({ request: { raw }, reply }: Reading): boolean {
  return raw.complete || raw.destroyed || (reply.raw.closed && raw.socket?.writableEnded === true)
}

/** The time for the body is over. */
function expire (request: FastifyRequest, reply: FastifyReply, payload: RequestPayload, refused: RefusedRequest): void {
  const { raw } = request
  const stream = streamOf(request)
  if (raw.complete) return // it waits for a hook of the app
  if (!reply.sent) {
    stream?.once('finish', () => setImmediate(() => stream.close())) // its last frame goes first
    if (payload.listenerCount('error') > 0) payload.emit('error', refused) // whoever reads it lets go of it, and answers
    else reply.send(refused)
  } else if (stream === undefined) { // a hook has answered, and nobody reads the rest
    raw.destroy()
  } else {
    stream.close()
  }
}

/** Refuses requests whose body takes longer than so many ms. */
export function limitBodies (scope: FastifyInstance, engine: Engine, bodyTimeout: number): void {
  const { wheel, endOfTurn } = engine
  const running = new Set<ReturnType<typeof wheel.timer>>()
  let time = bodyTimeout

  function limit ({ request, reply, payload }: Reading): void {
    const { raw } = request
    const timer = wheel.timer(() => {
      expire(request, reply, payload, new RefusedRequest('body timeout', 'the body took longer than bodyTimeout', { bodyTimeout }))
    })
    running.add(timer)
    timer.start(time)
    const stop = (): void => {
      timer.stop()
      running.delete(timer)
    }
    for (const end of ['end', 'close']) raw.once(end, stop)
    // A request that has been answered is told nothing of its connection's end: here it is ended by the answer.
    reply.raw.once('close', () => { if (raw.socket?.writableEnded) stop() })
  }

  // Most bodies come with their heads, and are read before this turn of the event loop ends: they need no timer.
  let begun: Reading[] = []
  function limitUnread (): void {
    const reading = begun
    begun = []
    for (const one of reading) if (!isRead(one)) limit(one)
  }

  scope.addHook('preParsing', (request, reply, payload, done) => {
    if (readsBody(request) && begun.push({ request, reply, payload }) === 1) endOfTurn.defer(limitUnread)
    done(null, payload)
  })

  // Nobody reads the rest of a request that has been answered. That, or a connection that is kept alive, would hold up `app.close()`.
  scope.addHook('onSend', (request, reply, payload, done) => {
    const { httpVersionMajor, complete } = request.raw
    if (httpVersionMajor === 1 && (engine.closing || (complete === false && hasBody(request)))) reply.header('connection', 'close')
    done(null, payload)
  })

  engine.onParting(() => {
    time = Math.min(bodyTimeout, WHEN_CLOSING)
    for (const timer of running) timer.start(time)
  })
}
