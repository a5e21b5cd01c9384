// Connects Fastify's replies with the transports, which do not depend on Fastify.
import { Socket as TcpSocket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { revision1 } from '../codec/revision-1.js'
import type { Engine } from '../engine/engine.js'
import type { Session } from '../session/session.js'
import type { Poll, Polls, TransportName } from '../session/transport.js'
import { scriptLength } from '../transports/jsonp-polling.js'
import { StreamTransport } from '../transports/stream.js'
import type { StreamFormat } from '../transports/stream.js'
import { JSONP } from './hooks.js'

/**
 * Resets a connection whose client does not read. So the kernel also discards the bytes that it has not sent yet: up to four megabytes, which no option limits,
 * and which it would keep for minutes after an ordinary close. Only TCP connections can be reset; others are destroyed.
 */
export function reset (connection: { resetAndDestroy (): unknown, destroy (): unknown }): void {
  try {
    connection.resetAndDestroy()
  } catch {
    connection.destroy()
  }
}

/** Resets the connection of an answer. In HTTP/2, only the stream is destroyed, because the connection carries other requests too. */
const cutOff = ({ raw, request }: FastifyReply): void => {
  const { httpVersionMajor, socket } = request.raw
  if (httpVersionMajor === 1 && socket instanceof TcpSocket) reset(socket) // with `inject` it is not a TCP socket
  else raw.destroy()
}

class HttpPoll implements Poll {
  readonly #reply: FastifyReply
  readonly #engine: Engine

  constructor (reply: FastifyReply, engine: Engine) {
    this.#reply = reply
    this.#engine = engine
  }

  send (payload: string | Buffer, last = false): number {
    if (typeof payload !== 'string') this.#reply.type('application/octet-stream')
    // The client connects to another server next, and a connection that is kept alive would delay the shutdown.
    if ((this.#engine.closing || (last && this.#engine.draining)) && this.#reply.request.raw.httpVersionMajor === 1) this.#reply.header('connection', 'close')
    this.#engine.answers.write(() => this.#reply.send(payload), last || this.#engine.closing)
    return this.#reply.request[JSONP] === undefined ? Buffer.byteLength(payload) : scriptLength(payload)
  }

  destroy (): void {
    cutOff(this.#reply)
  }
}

/**
 * Returns at 'finish' whether the whole payload has been handed to the operating system. A hook of the app may have replaced the answer by an error. And Node
 * also emits 'finish' when the write has failed, or when the connection (in HTTP/2: the stream) was destroyed before.
 */
function isWhole ({ raw }: FastifyReply, connection: TcpSocket | undefined): boolean {
  const { stream } = raw as { stream?: Writable }
  if (raw.statusCode !== 200) return false
  if (stream !== undefined) return !hasFailed(stream) && stream.writableFinished
  return connection === undefined || !(hasFailed(connection) || connection.destroyed)
}

/** Returns whether a stream has failed. The socket of `inject` has no `errored`. */
const hasFailed = ({ errored }: Writable): boolean => errored instanceof Error

/** Parks a GET until the transport answers it. */
export function acceptPoll (engine: Engine, polls: Polls, reply: FastifyReply): void {
  const poll = new HttpPoll(reply, engine)
  const { httpVersionMajor, socket } = reply.request.raw
  const connection = httpVersionMajor === 1 ? socket : undefined
  reply.raw.on('finish', () => polls.responseEnded(poll, isWhole(reply, connection)))
  reply.raw.on('close', () => polls.responseEnded(poll, false))
  polls.accept(poll)
}

/** The stream that a GET opens, and its session. */
export interface StreamRequest {
  readonly engine: Engine
  readonly name: TransportName
  readonly session: Session
  readonly format: StreamFormat
}

/** Answers a GET with a stream and moves the session to it. */
export function openStream ({ engine, name, session, format }: StreamRequest, reply: FastifyReply): void {
  const stream = new PassThrough()
  const connection = reply.raw.socket
  const transport = new StreamTransport({
    name,
    listener: session,
    codec: revision1,
    format,
    stream,
    pending: () => stream.writableLength + stream.readableLength + reply.raw.writableLength,
    onFlushed: (listener) => { reply.raw.on('drain', listener) },
    destroy: () => { reply.raw.destroy() },
    reset: () => cutOff(reply),
    wheel: engine.wheel
  })
  reply.raw.once('close', () => transport.gone())
  // The headers of the answer have announced that the connection is kept alive. That would delay a shutdown.
  reply.raw.once('finish', () => { if (engine.closing) connection?.end() })
  reply.send(stream)
  engine.attach(session, transport)
}
