// The end of a link at the node that forwards: calls become records, and records of the owner become calls of what waits here.
import type { HeldPoll, HeldStream, PollOwner, PostOwner, Refused, RemoteNode, SessionRequest, StreamOwner } from '../../../types/cluster.js'
import type { EndReason } from '../../../types/reasons.js'
import { ProtocolError } from '../../codec/packet.js'
import type { EdgeRecord, OwnerRecord, Payload } from './records.js'
import { EdgeStream } from './edge-stream.js'
import { EdgeCall, EdgePoll } from './edge-waiting.js'
import type { Waiting, WaitingLink } from './edge-waiting.js'
import type { EdgeLink, LinkAddress, NodeState } from './types.js'
import { unreachable, unreachableNode } from './unreachable.js'

type Answer = (refused?: Refused) => void

export interface EdgeInit {
  readonly tag: string
  /** The address that the owner says others should use. */
  readonly address: LinkAddress
  /** Round-trip time, ms. */
  readonly rtt: () => number | undefined
  readonly onState: () => void
  readonly send: (record: EdgeRecord) => void
  /** Sends a record if there is room for it. */
  readonly offer: (record: EdgeRecord) => boolean
}

const LAST_STREAM = 0xffff_ffff
const FULL = 'too many bytes wait in links (maxTotalQueueBytes)'

/**
 * One stream:
 *
 *   check, post: asked ── accepted or refused ──► over
 *   poll: parked ── answer ──► answered ── settled() ──► over
 *         parked, answered ── destroy ──► its connection is destroyed ── settled(false) ──► over
 *         parked ── refused ──► over
 *   stream: open ── closed() ──► over; open ── refused ──► over
 *
 * A record for a stream that is over is ignored: it has crossed the one that has ended the stream.
 */
export class LinkEdge implements EdgeLink {
  readonly tag: string
  readonly address: LinkAddress
  readonly #init: EdgeInit
  readonly #waiting = new Map<number, Waiting>()
  readonly #link: WaitingLink
  /** Refuses everything when the link is down. */
  #down: RemoteNode | undefined
  #last = 0
  #state: NodeState = 'serving'
  #sessions = 0

  constructor (init: EdgeInit) {
    this.tag = init.tag
    this.address = init.address
    this.#init = init
    this.#link = { send: init.send, over: (stream) => { this.#waiting.delete(stream) } }
  }

  get state (): NodeState { return this.#state }
  get sessions (): number { return this.#sessions }
  get rtt (): number | undefined { return this.#init.rtt() }
  get isUp (): boolean { return this.#down === undefined }
  /** Number of requests, WebSockets and streams that wait for the owner. */
  get size (): number { return this.#waiting.size }

  // ---- calls of this node

  check (request: SessionRequest, answer: Answer): void {
    if (this.#down !== undefined) return this.#down.check(request, answer)
    const stream = this.#nextStream()
    this.#begin({ type: 'check', stream, request }, new EdgeCall(this.#link, stream, answer))
  }

  post (request: SessionRequest, payload: Payload, answer: Answer): PostOwner | undefined {
    if (this.#down !== undefined) return this.#down.post(request, payload, answer)
    const stream = this.#nextStream()
    return this.#begin({ type: 'post', stream, request, payload }, new EdgeCall(this.#link, stream, answer))
  }

  poll (request: SessionRequest, poll: HeldPoll): PollOwner {
    if (this.#down !== undefined) return this.#down.poll(request, poll)
    const stream = this.#nextStream()
    return this.#begin({ type: 'poll', stream, request }, new EdgePoll(this.#link, stream, poll))
  }

  open (request: SessionRequest, held: HeldStream): StreamOwner {
    if (this.#down !== undefined) return this.#down.open(request, held)
    const stream = this.#nextStream()
    const over = (reason: EndReason, cause?: string): void => {
      if (this.#waiting.delete(stream)) this.#init.send({ type: 'closed', stream, reason, ...(cause !== undefined && { cause }) })
    }
    const edgeStream = new EdgeStream({ held, send: (record) => { if (this.#waiting.has(stream)) this.#init.send({ ...record, stream }) }, over })
    return this.#begin({ type: 'open', stream, request }, edgeStream)
  }

  end (request: SessionRequest): void {
    if (this.isUp) this.#init.send({ type: 'end', stream: this.#nextStream(), request })
  }

  #nextStream (): number {
    do this.#last = this.#last === LAST_STREAM ? 1 : this.#last + 1
    while (this.#waiting.has(this.#last))
    return this.#last
  }

  /** Sends the first record of a stream, or refuses the request if there is no room. */
  #begin <T extends Waiting> (record: EdgeRecord & { readonly stream: number }, waiting: T): T {
    const { stream } = record
    this.#waiting.set(stream, waiting)
    if (!this.#init.offer(record)) {
      this.#waiting.delete(stream)
      waiting.refuse(unreachable(this.tag, FULL), true)
    }
    return waiting
  }

  // ---- records of the owner

  /** Handles a record. @throws ProtocolError when it does not fit its stream */
  receive (record: OwnerRecord): void {
    if (record.type === 'state') {
      this.#state = record.state
      this.#sessions = record.sessions
      return this.#init.onState()
    }
    if (record.type === 'challenge') throw new ProtocolError(`the record ${record.type} in the middle of a link`)
    const waiting = this.#waiting.get(record.stream)
    if (waiting === undefined) return
    if (record.type !== 'refused') return waiting.receive(record)
    this.#waiting.delete(record.stream)
    waiting.refuse(record.refused, false)
  }

  /** The link is down: everything that waits is refused once, and so is everything from now on. */
  lost (detail: string): void {
    if (this.#down !== undefined) return
    this.#down = unreachableNode(this.tag, `the link is down: ${detail}`)
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const waiting of all) waiting.refuse({ reason: 'node lost', detail, context: { node: this.tag } }, true)
  }
}
