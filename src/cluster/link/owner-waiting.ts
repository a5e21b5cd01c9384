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

/** A GET, until the edge has settled it or the session has refused it. */
export class RemotePoll implements Remote, HeldPoll {
  readonly #link: RemoteLink
  readonly #stream: number
  readonly #isScript: boolean
  #isOver = false
  /** Undefined until the session has been asked, and when it is over. */
  #owner: PollOwner | undefined

  constructor (link: RemoteLink, stream: number, isScript: boolean) {
    this.#link = link
    this.#stream = stream
    this.#isScript = isScript
  }

  /** Sets what the session has answered with. */
  begun (owner: PollOwner): void { if (!this.#isOver) this.#owner = owner }

  send (payload: Payload, isLast = false): number {
    if (!this.#isOver) this.#link.send({ type: 'answer', stream: this.#stream, isLast, payload })
    return this.#isScript ? scriptLength(payload) : Buffer.byteLength(payload)
  }

  destroy (): void { if (!this.#isOver) this.#link.send({ type: 'destroy', stream: this.#stream }) }

  refuse (refused: Refused): void {
    if (this.#isOver) return
    this.#end()
    this.#link.send({ type: 'refused', stream: this.#stream, refused })
  }

  report (record: Report): void {
    if (record.type === 'release') return this.#owner?.release()
    if (record.type !== 'settled') throw new ProtocolError(`the record ${record.type} for a poll`)
    const owner = this.#owner
    this.#end()
    owner?.settled(record.isWhole)
  }

  #end (): void {
    this.#isOver = true
    this.#owner = undefined
    this.#link.over(this.#stream)
  }

  lost (): void {
    const owner = this.#owner
    this.#end()
    owner?.settled(false)
  }
}

/** A POST or check, until it is answered or its client has given up. */
export class RemoteCall implements Remote {
  readonly #link: RemoteLink
  readonly #stream: number
  readonly #type: 'post' | 'check'
  #isOver = false
  /** Undefined until the session has been asked, if it has answered at once, and when it is over. */
  #owner: PostOwner | undefined

  constructor (link: RemoteLink, stream: number, type: 'post' | 'check') {
    this.#link = link
    this.#stream = stream
    this.#type = type
  }

  /** Sets what the session has answered with. */
  begun (owner: PostOwner | undefined): void { if (!this.#isOver) this.#owner = owner }

  /** Answers it, unless it is over. */
  answer (refused?: Refused): void {
    if (this.#isOver) return
    this.#end()
    this.#link.send(refused === undefined ? { type: 'accepted', stream: this.#stream } : { type: 'refused', stream: this.#stream, refused })
  }

  report ({ type }: Report): void {
    if (type !== 'abandon' || this.#type === 'check') throw new ProtocolError(`the record ${type} for a ${this.#type}`)
    this.lost()
  }

  #end (): void {
    this.#isOver = true
    this.#owner = undefined
    this.#link.over(this.#stream)
  }

  lost (): void {
    const owner = this.#owner
    this.#end()
    owner?.abandon()
  }
}
