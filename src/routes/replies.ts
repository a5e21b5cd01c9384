// Between Fastify's replies and the transports, which know no Fastify.
import { Socket as TcpSocket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { revision1 } from '../codec/revision-1.js'
import type { Engine } from '../engine/engine.js'
import type { Socket } from '../session/socket.js'
import type { Poll, Polls, TransportName } from '../session/transport.js'
import { scriptLength } from '../transports/jsonp-polling.js'
import { StreamTransport } from '../transports/stream.js'
import type { StreamFormat } from '../transports/stream.js'
import { JSONP } from './hooks.js'

/**
 * Cuts a connection off whose client does not read. What the kernel has for it goes too: up to four megabytes, which no option bounds and a mere
 * close would go on offering for minutes. Only TCP can be reset; others are closed.
 */
export function reset (connection: { resetAndDestroy (): unknown, destroy (): unknown }): void {
  try {
    connection.resetAndDestroy()
  } catch {
    connection.destroy()
  }
}

/** The same for what carries an answer, which in HTTP/2 is not all that its connection carries. */
const cutOff = ({ raw, request }: FastifyReply): void => {
  const { httpVersionMajor, socket } = request.raw
  if (httpVersionMajor === 1 && socket instanceof TcpSocket) reset(socket) // that of `inject` is none
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
    // The client goes to the next server; a kept connection would hold this one up.
    if ((this.#engine.closing || (last && this.#engine.draining)) && this.#reply.request.raw.httpVersionMajor === 1) this.#reply.header('connection', 'close')
    this.#engine.answers.write(() => this.#reply.send(payload), last || this.#engine.closing)
    return this.#reply.request[JSONP] === undefined ? Buffer.byteLength(payload) : scriptLength(payload)
  }

  destroy (): void {
    cutOff(this.#reply)
  }
}

/**
 * Whether 'finish' means what it says: handed to the operating system whole. A hook of the app may have put an error in the answer's slot, and
 * Node says 'finish' also of writes that have failed, or were given up with their connection or, in HTTP/2, their stream.
 */
function isWhole ({ raw }: FastifyReply, connection: TcpSocket | undefined): boolean {
  const { stream } = raw as { stream?: Writable }
  if (raw.statusCode !== 200) return false
  if (stream !== undefined) return !hasFailed(stream) && stream.writableFinished
  return connection === undefined || !(hasFailed(connection) || connection.destroyed)
}

/** That of `inject` has no such property. */
const hasFailed = ({ errored }: Writable): boolean => errored instanceof Error

/** Parks a GET. */
export function acceptPoll (engine: Engine, polls: Polls, reply: FastifyReply): void {
  const poll = new HttpPoll(reply, engine)
  const { httpVersionMajor, socket } = reply.request.raw
  const connection = httpVersionMajor === 1 ? socket : undefined
  reply.raw.on('finish', () => polls.responseEnded(poll, isWhole(reply, connection)))
  reply.raw.on('close', () => polls.responseEnded(poll, false))
  polls.accept(poll)
}

/** What a stream is opened for. */
export interface StreamRequest {
  readonly engine: Engine
  readonly name: TransportName
  readonly socket: Socket
  readonly format: StreamFormat
}

/** Answers a GET with a stream and moves the session to it. */
export function openStream ({ engine, name, socket, format }: StreamRequest, reply: FastifyReply): void {
  const stream = new PassThrough()
  const connection = reply.raw.socket
  const transport = new StreamTransport({
    name,
    listener: socket,
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
  // What was announced as kept alive would hold up a shutdown.
  reply.raw.once('finish', () => { if (engine.closing) connection?.end() })
  reply.send(stream)
  engine.attach(socket, transport)
}
