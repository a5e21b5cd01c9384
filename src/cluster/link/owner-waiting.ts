// Requests that wait at the edge, as the owner sees them: a GET that polls, and a POST or check, which has one answer. What is over lets go of what it
// had, because the link may keep it for a while (edge-waiting.ts).
import type { HeldPoll, PollOwner, PostOwner, Refused } from '../../../types/cluster.js'
import { ProtocolError } from '../../codec/packet.js'
import { scriptLength } from '../../transports/jsonp-polling.js'
import type { EdgeRecord, OwnerRecord, Payload } from './records.js'

/** A record about a request whose stream has begun. */
export type Report = Extract<EdgeRecord, { type: 'settled' | 'release' | 'abandon' | 'frame' | 'sent' | 'closed' }>

/** What waits at the edge under the number of a stream. */
export interface Remote {
  /** Handles a record of the edge. @throws ProtocolError when it does not fit */
  report (record: Report): void
  /** The link is down. */
  lost (): void
}

/** The link, for what waits at its other end. */
export interface RemoteLink {
  readonly send: (record: OwnerRecord) => void
  /** The stream is over. */
  readonly over: (stream: number) => void
}

/** What all of them have: an owner, from the moment at which the session has been asked until they are over. */
export abstract class Half<Owner> implements Remote {
  protected readonly stream: number
  readonly #link: RemoteLink
  #isOver = false
  #owner: Owner | undefined

  constructor (link: RemoteLink, stream: number) {
    this.#link = link
    this.stream = stream
  }

  protected get owner (): Owner | undefined { return this.#owner }

  /** Sets what the session has answered with. */
  begun (owner: Owner): void { if (!this.#isOver) this.#owner = owner }

  /** Sends a record, unless it is over. */
  protected tell (record: OwnerRecord): void { if (!this.#isOver) this.#link.send(record) }

  /** Sends its last record, unless it is over. */
  protected finish (record: OwnerRecord): void {
    if (this.#isOver) return
    this.end()
    this.#link.send(record)
  }

  /** Ends it. Returns the owner that it had. */
  protected end (): Owner | undefined {
    const owner = this.#owner
    this.#isOver = true
    this.#owner = undefined
    this.#link.over(this.stream)
    return owner
  }

  abstract report (record: Report): void
  abstract lost (): void
}

/** A GET, until the edge has settled it or the session has refused it. */
export class RemotePoll extends Half<PollOwner> implements HeldPoll {
  readonly #isScript: boolean

  constructor (link: RemoteLink, stream: number, isScript: boolean) {
    super(link, stream)
    this.#isScript = isScript
  }

  send (payload: Payload, isLast = false): number {
    this.tell({ type: 'answer', stream: this.stream, isLast, payload })
    return this.#isScript ? scriptLength(payload) : Buffer.byteLength(payload)
  }

  destroy (): void { this.tell({ type: 'destroy', stream: this.stream }) }
  refuse (refused: Refused): void { this.finish({ type: 'refused', stream: this.stream, refused }) }

  report (record: Report): void {
    if (record.type === 'release') return this.owner?.release()
    if (record.type !== 'settled') throw new ProtocolError(`the record ${record.type} for a poll`)
    this.end()?.settled(record.isWhole)
  }

  lost (): void { this.end()?.settled(false) }
}

/** A POST or check, until it is answered or its client has given up. A session that has answered at once has no owner for it. */
export class RemoteCall extends Half<PostOwner | undefined> {
  readonly #type: 'post' | 'check'

  constructor (link: RemoteLink, stream: number, type: 'post' | 'check') {
    super(link, stream)
    this.#type = type
  }

  /** Answers it, unless it is over. */
  answer (refused?: Refused): void {
    this.finish(refused === undefined ? { type: 'accepted', stream: this.stream } : { type: 'refused', stream: this.stream, refused })
  }

  report ({ type }: Report): void {
    if (type !== 'abandon' || this.#type === 'check') throw new ProtocolError(`the record ${type} for a ${this.#type}`)
    this.lost()
  }

  lost (): void { this.end()?.abandon() }
}
