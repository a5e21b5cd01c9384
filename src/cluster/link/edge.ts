// The end of a link at the node that forwards: calls become records, and records of the owner become calls of what waits here.
import type { HeldPoll, HeldStream, PollOwner, PostOwner, Refused, RemoteNode, SessionRequest, StreamOwner } from '../../../types/cluster.js'
import type { EndReason } from '../../../types/reasons.js'
import { ProtocolError } from '../../codec/packet.js'
import type { EdgeRecord, OwnerRecord, Payload } from './records.js'
import { EdgeStream } from './edge-stream.js'
import type { EdgeLink, LinkAddress, NodeState } from './types.js'
import { unreachable, unreachableNode } from './unreachable.js'

type Answer = (refused?: Refused) => void

/** A request that waits here for the owner. */
type Entry =
  | { readonly type: 'call', readonly answer: Answer }
  | { readonly type: 'poll', readonly poll: HeldPoll, /** Or destroyed. */ isAnswered: boolean }
  | { readonly type: 'stream', readonly stream: EdgeStream }

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
  readonly #entries = new Map<number, Entry>()
  /** Refuses everything when the link is down. */
  #down: RemoteNode | undefined
  #last = 0
  #state: NodeState = 'serving'
  #sessions = 0

  constructor (init: EdgeInit) {
    this.tag = init.tag
    this.address = init.address
    this.#init = init
  }

  get state (): NodeState { return this.#state }
  get sessions (): number { return this.#sessions }
  get rtt (): number | undefined { return this.#init.rtt() }
  get isUp (): boolean { return this.#down === undefined }
  /** Number of requests, WebSockets and streams that wait for the owner. */
  get size (): number { return this.#entries.size }

  // ---- calls of this node

  check (request: SessionRequest, answer: Answer): void {
    if (this.#down !== undefined) return this.#down.check(request, answer)
    const stream = this.#begin({ type: 'call', answer })
    this.#offer(stream, { type: 'check', stream, request }, answer)
  }

  post (request: SessionRequest, payload: Payload, answer: Answer): PostOwner | undefined {
    if (this.#down !== undefined) return this.#down.post(request, payload, answer)
    const stream = this.#begin({ type: 'call', answer })
    this.#offer(stream, { type: 'post', stream, request, payload }, answer)
    return { abandon: () => { if (this.#entries.delete(stream)) this.#init.send({ type: 'abandon', stream }) } }
  }

  poll (request: SessionRequest, poll: HeldPoll): PollOwner {
    if (this.#down !== undefined) return this.#down.poll(request, poll)
    const stream = this.#begin({ type: 'poll', poll, isAnswered: false })
    this.#offer(stream, { type: 'poll', stream, request }, (refused) => poll.refuse(refused))
    return {
      settled: (isWhole) => { if (this.#entries.delete(stream)) this.#init.send({ type: 'settled', stream, isWhole }) },
      release: () => { if (this.#entries.has(stream)) this.#init.send({ type: 'release', stream }) }
    }
  }

  open (request: SessionRequest, held: HeldStream): StreamOwner {
    if (this.#down !== undefined) return this.#down.open(request, held)
    const over = (reason: EndReason, cause?: string): void => {
      if (this.#entries.delete(stream)) this.#init.send({ type: 'closed', stream, reason, ...(cause !== undefined && { cause }) })
    }
    const edgeStream = new EdgeStream({ held, send: (record) => { if (this.#entries.has(stream)) this.#init.send({ ...record, stream }) }, over })
    const stream = this.#begin({ type: 'stream', stream: edgeStream })
    this.#offer(stream, { type: 'open', stream, request }, (refused) => held.refuse(refused))
    return edgeStream
  }

  end (request: SessionRequest): void {
    if (this.isUp) this.#init.send({ type: 'end', stream: this.#nextStream(), request })
  }

  #nextStream (): number {
    do this.#last = this.#last === LAST_STREAM ? 1 : this.#last + 1
    while (this.#entries.has(this.#last))
    return this.#last
  }

  #begin (entry: Entry): number {
    const stream = this.#nextStream()
    this.#entries.set(stream, entry)
    return stream
  }

  /** Sends the first record of a stream, or refuses it if there is no room. */
  #offer (stream: number, record: EdgeRecord, refuse: (refused: Refused) => void): void {
    if (this.#init.offer(record)) return
    this.#entries.delete(stream)
    refuse(unreachable(this.tag, FULL))
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
    const entry = this.#entries.get(record.stream)
    if (entry === undefined) return
    if (record.type === 'refused') return this.#refused(record.stream, entry, record.refused)
    if (entry.type === 'stream') return entry.stream.receive(record)
    if (entry.type === 'poll') return pollReceives(entry, record)
    if (record.type !== 'accepted') throw new ProtocolError(`the record ${record.type} for a POST or check`)
    this.#entries.delete(record.stream)
    entry.answer()
  }

  #refused (stream: number, entry: Entry, refused: Refused): void {
    if (entry.type === 'poll' && entry.isAnswered) throw new ProtocolError('the record refused for a poll that is answered')
    this.#entries.delete(stream)
    refuse(entry, refused)
  }

  /** The link is down: everything that waits is refused once, and so is everything from now on. */
  lost (detail: string): void {
    if (this.#down !== undefined) return
    this.#down = unreachableNode(this.tag, `the link is down: ${detail}`)
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const entry of entries) refuse(entry, { reason: 'node lost', detail, context: { node: this.tag } })
  }
}

function pollReceives (entry: Entry & { type: 'poll' }, record: OwnerRecord): void {
  if (record.type !== 'destroy' && (record.type !== 'answer' || entry.isAnswered)) throw new ProtocolError(`the record ${record.type} for a poll`)
  entry.isAnswered = true
  if (record.type === 'destroy') return entry.poll.destroy()
  entry.poll.send(record.payload, record.isLast)
}

/** Refuses a request. An answered poll has its answer, and a stream that the owner has closed closes. */
function refuse (entry: Entry, refused: Refused): void {
  if (entry.type === 'call') entry.answer(refused)
  else if (entry.type === 'stream') entry.stream.refuse(refused)
  else if (!entry.isAnswered) entry.poll.refuse(refused)
}
