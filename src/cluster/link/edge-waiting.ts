// Requests that wait at the edge for the owner: a GET that polls, and a POST or check, which has one answer.
//
// A link has these in a Map that much is added to and removed from. V8 grows such a Map by a new table, and an old table that the garbage collector has moved to
// the old generation keeps what it had, and all tables after it, until the next full collection. So what is over lets go of its request.
import type { HeldPoll, PollOwner, PostOwner, Refused } from '../../../types/cluster.js'
import { ProtocolError } from '../../codec/packet.js'
import type { EdgeRecord, OwnerRecord } from './records.js'

/** What waits for the owner under the number of a stream. */
export interface Waiting {
  /** Handles a record of the owner. @throws ProtocolError when it does not fit */
  receive (record: OwnerRecord): void
  /** The owner has refused it, or is lost. The stream is over. @throws ProtocolError when it has been answered, and the owner is not lost */
  refuse (refused: Refused, isLost: boolean): void
}

/** The link, for what waits in it. */
export interface WaitingLink {
  readonly send: (record: EdgeRecord) => void
  /** The stream is over. */
  readonly over: (stream: number) => void
}

/** A GET: parked, then answered, then settled. */
export class EdgePoll implements Waiting, PollOwner {
  readonly #link: WaitingLink
  readonly #stream: number
  /** Undefined: it is over. */
  #poll: HeldPoll | undefined
  /** Or destroyed. */
  #isAnswered = false

  constructor (link: WaitingLink, stream: number, poll: HeldPoll) {
    this.#link = link
    this.#stream = stream
    this.#poll = poll
  }

  settled (isWhole: boolean): void {
    if (this.#poll === undefined) return
    this.#poll = undefined
    this.#link.over(this.#stream)
    this.#link.send({ type: 'settled', stream: this.#stream, isWhole })
  }

  release (): void { if (this.#poll !== undefined) this.#link.send({ type: 'release', stream: this.#stream }) }

  receive (record: OwnerRecord): void {
    if (record.type !== 'destroy' && (record.type !== 'answer' || this.#isAnswered)) throw new ProtocolError(`the record ${record.type} for a poll`)
    this.#isAnswered = true
    if (record.type === 'destroy') this.#poll?.destroy()
    else this.#poll?.send(record.payload, record.isLast)
  }

  refuse (refused: Refused, isLost: boolean): void {
    if (this.#isAnswered && !isLost) throw new ProtocolError('the record refused for a poll that is answered')
    const poll = this.#poll
    this.#poll = undefined
    if (!this.#isAnswered) poll?.refuse(refused)
  }
}

/** A POST or check. */
export class EdgeCall implements Waiting, PostOwner {
  readonly #link: WaitingLink
  readonly #stream: number
  /** Undefined: it is over. */
  #answer: ((refused?: Refused) => void) | undefined

  constructor (link: WaitingLink, stream: number, answer: (refused?: Refused) => void) {
    this.#link = link
    this.#stream = stream
    this.#answer = answer
  }

  abandon (): void {
    if (this.#answer === undefined) return
    this.#answer = undefined
    this.#link.over(this.#stream)
    this.#link.send({ type: 'abandon', stream: this.#stream })
  }

  receive ({ type }: OwnerRecord): void {
    if (type !== 'accepted') throw new ProtocolError(`the record ${type} for a POST or check`)
    this.#link.over(this.#stream)
    this.#end()
  }

  refuse (refused: Refused): void { this.#end(refused) }

  #end (refused?: Refused): void {
    const answer = this.#answer
    this.#answer = undefined
    answer?.(refused)
  }
}
