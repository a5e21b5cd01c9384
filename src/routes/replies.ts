// Connects Fastify's replies with the transports, which do not depend on Fastify.
import { Socket as TcpSocket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { HeldPoll, PollOwner, Refused, SessionRequest } from '../../types/cluster.js'
import { revision1 } from '../codec/revision-1.js'
import type { Engine } from '../engine/engine.js'
import type { Hosts } from '../hosts/hosts.js'
import type { TransportListener, TransportName } from '../session/transport.js'
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

/** A GET of a client that polls. */
class HttpPoll implements HeldPoll {
  readonly #reply: FastifyReply
  readonly #engine: Engine
  readonly #refuse: (refused: Refused) => void

  constructor (reply: FastifyReply, engine: Engine, refuse: (refused: Refused) => void) {
    this.#reply = reply
    this.#engine = engine
    this.#refuse = refuse
  }

  send (payload: string | Buffer, isLast = false): number {
    if (typeof payload !== 'string') this.#reply.type('application/octet-stream')
    // The client connects to another server next, and a connection that is kept alive would delay the shutdown.
    if ((this.#engine.closing || (isLast && this.#engine.draining)) && this.#reply.request.raw.httpVersionMajor === 1) this.#reply.header('connection', 'close')
    this.#engine.answers.write(() => this.#reply.send(payload), isLast || this.#engine.closing)
    return this.#reply.request[JSONP] === undefined ? Buffer.byteLength(payload) : scriptLength(payload)
  }

  destroy (): void { cutOff(this.#reply) }

  refuse (refused: Refused): void { this.#refuse(refused) }
}

/** A GET for a session of another node. Its answer counts as held here, too, until the client has read it. */
class ForeignPoll extends HttpPoll {
  readonly #hold: Engine['hold']
  #held = 0

  constructor (reply: FastifyReply, engine: Engine, refuse: (refused: Refused) => void) {
    super(reply, engine, refuse)
    this.#hold = (bytes) => engine.hold(bytes)
  }

  override send (payload: string | Buffer, isLast?: boolean): number {
    this.#held = super.send(payload, isLast)
    this.#hold(this.#held)
    return this.#held
  }

  ended (): void { this.#hold(-this.#held) }
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

/** Calls a function once when a response is over, with whether it is whole. */
function onEnd (reply: FastifyReply, call: (isWhole: boolean) => void): void {
  const { httpVersionMajor, socket } = reply.request.raw
  const connection = httpVersionMajor === 1 ? socket : undefined
  let isOver = false
  const end = (isWhole: boolean): void => {
    if (!isOver) call(isWhole)
    isOver = true
  }
  reply.raw.on('finish', () => end(isWhole(reply, connection)))
  reply.raw.on('close', () => end(false))
}

/** The answer to a refused GET. */
type Refuse = (refused: Refused) => void

/** Parks a GET until the node with the session answers it. */
export function holdPoll (hosts: Hosts, request: SessionRequest, reply: FastifyReply, refuse: Refuse): void {
  const host = hosts.takes(request.sid)
  if (host === hosts.local) return holdOwnPoll(hosts.engine, reply, (poll) => host.poll(request, poll), refuse)
  const poll = new ForeignPoll(reply, hosts.engine, refuse)
  const owner = host.poll(request, poll)
  const { counters } = hosts.engine
  const since = counters.pollHeld()
  hosts.hold(owner)
  onEnd(reply, (isWhole) => {
    counters.pollOver(since)
    poll.ended()
    owner.settled(isWhole)
    hosts.over(owner)
  })
}

/** Parks a GET for a session of this node. */
export function holdOwnPoll (engine: Engine, reply: FastifyReply, accept: (poll: HeldPoll) => PollOwner, refuse: Refuse): void {
  const { counters } = engine
  const since = counters.pollHeld()
  const owner = accept(new HttpPoll(reply, engine, refuse))
  onEnd(reply, (isWhole) => {
    counters.pollOver(since)
    owner.settled(isWhole)
  })
}

/** A stream that a GET opens. */
export interface StreamRequest {
  readonly engine: Engine
  readonly name: TransportName
  readonly format: StreamFormat
}

/** Answers a GET with a stream. */
export function openStream ({ engine, name, format }: StreamRequest, reply: FastifyReply, listener: TransportListener): StreamTransport {
  const stream = new PassThrough()
  const connection = reply.raw.socket
  const transport = new StreamTransport({
    name,
    listener,
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
  return transport
}
