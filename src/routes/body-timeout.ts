// Limits how long the body of a request may take to arrive, and closes connections whose body nobody reads. Fastify's own `requestTimeout` does not help: it is
// off unless the application sets it.
import type { ServerHttp2Stream } from 'node:http2'
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import type { Engine } from '../engine/engine.js'
import { RefusedRequest } from '../errors.js'

/** The longest time that a body has once the app closes, ms. `app.close()` waits for requests that are not finished. */
const WHEN_CLOSING = 2000

const READ_BEFORE = 'middleware of the app has read the body: let its body parsers (express.json, express.urlencoded) run on the paths of the app only'

/** A request whose body may not have arrived yet. */
interface Reading { readonly request: FastifyRequest, readonly reply: FastifyReply, readonly payload: RequestPayload }

const hasBody = ({ headers }: FastifyRequest): boolean => (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined

/** Returns whether Fastify will read a body. */
const readsBody = (request: FastifyRequest): boolean =>
  request.method !== 'GET' && (request.headers['content-type'] !== undefined || hasBody(request))

/** Returns the HTTP/2 stream of a request; undefined in HTTP/1. The stream stays open until the client has ended its half too. */
const streamOf = ({ raw }: FastifyRequest): ServerHttp2Stream | undefined => (raw as { stream?: ServerHttp2Stream }).stream

/** Returns whether no more of the body will arrive: it has arrived whole, or its connection has ended. */
function isRead ({ request: { raw }, reply }: Reading): boolean {
  return raw.complete || raw.destroyed || (reply.raw.closed && raw.socket?.writableEnded === true)
}

/** Ends a request whose body has not arrived in time. */
function expire (request: FastifyRequest, reply: FastifyReply, payload: RequestPayload, refused: RefusedRequest): void {
  const { raw } = request
  const stream = streamOf(request)
  if (raw.complete) return // the body has arrived, and waits for a hook of the app
  if (!reply.sent) {
    stream?.once('finish', () => setImmediate(() => stream.close())) // the answer's last frame must be sent before the stream closes
    if (payload.listenerCount('error') > 0) payload.emit('error', refused) // Fastify's body parser stops reading, and answers with the error
    else reply.send(refused)
  } else if (stream === undefined) { // a hook has answered, and the rest of the body is not read
    raw.destroy()
  } else {
    stream.close()
  }
}

/** Refuses requests whose body takes longer than `bodyTimeout` ms. */
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
    // After the answer, the request emits no event when its connection ends. If the answer has ended the connection, the timer stops here.
    reply.raw.once('close', () => { if (raw.socket?.writableEnded) stop() })
  }

  // Most bodies arrive together with their heads, and are read before this turn of the event loop ends. They need no timer.
  let begun: Reading[] = []
  function limitUnread (): void {
    const reading = begun
    begun = []
    for (const one of reading) if (!isRead(one)) limit(one)
  }

  scope.addHook('preParsing', (request, reply, payload, done) => {
    if (!readsBody(request)) return done(null, payload)
    if (request.raw.readableEnded) return done(new RefusedRequest('bad request', READ_BEFORE)) // Fastify would wait for it without limit
    if (begun.push({ request, reply, payload }) === 1) endOfTurn.defer(limitUnread)
    done(null, payload)
  })

  // The rest of a body is not read after the answer. Such a body, or a connection that is kept alive, would delay `app.close()`.
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
