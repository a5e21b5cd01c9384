// Connects GETs of clients that poll with the transports, which do not depend on Fastify.
import type { Socket as TcpSocket } from 'node:net'
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { HeldPoll, PollOwner, Refused, SessionRequest } from '../../types/cluster.js'
import type { Engine } from '../engine/engine.js'
import type { Hosts } from '../hosts/hosts.js'
import { scriptLength } from '../transports/jsonp-polling.js'
import { JSONP } from './hooks.js'
import { cutOff } from './replies.js'

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

/** Property of a response: its poll. So all responses can share their listeners. */
const POLL: unique symbol = Symbol('fastify-socketio-transports.poll')

type Answer = FastifyReply['raw'] & { [POLL]?: HttpPoll }

function onFinish (this: Answer): void { this[POLL]?.finished() }
function onClose (this: Answer): void { this[POLL]?.over(false) }

/** A GET of a client that polls. */
class HttpPoll implements HeldPoll {
  readonly #reply: FastifyReply
  readonly #engine: Engine
  readonly #refuse: (refused: Refused) => void
  readonly #since: number
  #connection: TcpSocket | undefined
  /** Undefined when the answer is over. */
  #owner: PollOwner | undefined

  constructor (reply: FastifyReply, engine: Engine, refuse: (refused: Refused) => void) {
    this.#reply = reply
    this.#engine = engine
    this.#refuse = refuse
    this.#since = engine.counters.pollHeld()
  }

  /** Reports the end of the answer to the owner. */
  hold (owner: PollOwner): void {
    const { httpVersionMajor, socket } = this.#reply.request.raw
    this.#owner = owner
    this.#connection = httpVersionMajor === 1 ? socket : undefined
    const answer: Answer = this.#reply.raw
    answer[POLL] = this
    answer.on('finish', onFinish)
    answer.on('close', onClose)
  }

  finished (): void { this.over(isWhole(this.#reply, this.#connection)) }

  over (isWhole: boolean): void {
    const owner = this.#owner
    if (owner === undefined) return
    this.#owner = undefined
    this.#engine.counters.pollOver(this.#since)
    this.settle(owner, isWhole)
  }

  protected settle (owner: PollOwner, isWhole: boolean): void { owner.settled(isWhole) }

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
  readonly #hosts: Hosts
  #held = 0

  constructor (reply: FastifyReply, hosts: Hosts, refuse: (refused: Refused) => void) {
    super(reply, hosts.engine, refuse)
    this.#hosts = hosts
  }

  override hold (owner: PollOwner): void {
    this.#hosts.hold(owner)
    super.hold(owner)
  }

  override send (payload: string | Buffer, isLast?: boolean): number {
    this.#held = super.send(payload, isLast)
    this.#hosts.engine.hold(this.#held)
    return this.#held
  }

  protected override settle (owner: PollOwner, isWhole: boolean): void {
    this.#hosts.engine.hold(-this.#held)
    super.settle(owner, isWhole)
    this.#hosts.over(owner)
  }
}

/** The answer to a refused GET. */
type Refuse = (refused: Refused) => void

/** Parks a GET until the node with the session answers it. */
export function holdPoll (hosts: Hosts, request: SessionRequest, reply: FastifyReply, refuse: Refuse): void {
  const host = hosts.takes(request.sid)
  if (host === hosts.local) return holdOwnPoll(hosts.engine, reply, (poll) => host.poll(request, poll), refuse)
  const poll = new ForeignPoll(reply, hosts, refuse)
  poll.hold(host.poll(request, poll))
}

/** Parks a GET for a session of this node. */
export function holdOwnPoll (engine: Engine, reply: FastifyReply, accept: (poll: HeldPoll) => PollOwner, refuse: Refuse): void {
  const poll = new HttpPoll(reply, engine, refuse)
  poll.hold(accept(poll))
}
