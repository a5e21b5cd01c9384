// What waits to be sent, in order, and how much it is. Knows nothing of who sends it.
import type { Frame } from './codec/packet.js'

interface Queued {
  frame: Frame
  bytes: number
  volatile: boolean
}

/** What a frame takes of memory besides its bytes (measured), which tells with very many: a million frames of one byte are no megabyte. */
const OVERHEAD = 64
const MANY = 1000
/** Of very many, volatile frames are dropped a part of the limit at a time: one at a time, each would be looked for among all. */
const DROPPED_PART = 1 / 8

const weigh = (bytes: number, count: number): number => bytes + Math.max(count - MANY, 0) * OVERHEAD

const toQueued = (frame: Frame, volatile = false): Queued => ({ frame, bytes: Buffer.byteLength(frame), volatile })

/** Of all queues that are empty; never written to. */
const NOTHING: Queued[] = []

/** A queue of frames that knows its size. */
export class OutgoingQueue {
  #items = NOTHING
  #bytes = 0
  #volatile = 0
  /** The text put there last was dropped again: what is binary then belongs to it. */
  #dropping = false

  /** The size of all that waits, bytes. */
  get bytes () { return this.#bytes }
  /** About what that takes of memory, bytes. */
  get weight () { return weigh(this.#bytes, this.#items.length) }
  get empty () { return this.#items.length === 0 }

  /** What was put there last. */
  get last (): Frame | undefined { return this.#items.at(-1)?.frame }

  push (frame: Frame, volatile: boolean): void {
    if (this.#dropping && typeof frame !== 'string') return
    this.#dropping = false
    const queued = toQueued(frame, volatile)
    if (this.#items === NOTHING) this.#items = [queued]
    else this.#items.push(queued)
    this.#bytes += queued.bytes
    if (volatile) this.#volatile++
  }

  /** Puts frames before all others, in the order given. */
  unshift (frames: readonly Frame[]): void {
    const queued = frames.map((frame) => toQueued(frame))
    this.#items = queued.concat(this.#items) // not unshift(...queued): there may be more than a call takes arguments
    for (const { bytes } of queued) this.#bytes += bytes
  }

  /** Everything that waits; nothing does then. */
  take (): Frame[] {
    const frames = this.#items.map(({ frame }) => frame)
    this.#items = NOTHING
    this.#bytes = 0
    this.#volatile = 0
    return frames
  }

  /**
   * Drops volatile frames, oldest first, until what waits weighs no more than `limit`. Binary goes with the text before it, whose attachment it
   * may be. Returns how many have gone.
   */
  dropVolatile (limit: number): number {
    const before = this.#items.length
    if (this.#volatile === 0) return 0
    if (this.#volatile === 1 && this.#dropLast()) return 1
    const target = before > MANY ? limit * (1 - DROPPED_PART) : limit
    let count = before
    this.#dropping = false
    this.#items = this.#items.filter((queued) => {
      if (typeof queued.frame === 'string') this.#dropping = queued.volatile && weigh(this.#bytes, count) > target
      if (!this.#dropping) return true
      this.#forget(queued)
      count--
      return false
    })
    return before - count
  }

  /** What came last is all there is to drop: nothing else need be looked at. Returns whether it was so. */
  #dropLast (): boolean {
    const last = this.#items.at(-1)
    if (last === undefined || !last.volatile || typeof last.frame !== 'string') return false
    this.#items.pop()
    this.#forget(last)
    this.#dropping = true
    return true
  }

  #forget ({ bytes, volatile }: Queued): void {
    this.#bytes -= bytes
    if (volatile) this.#volatile--
  }
}
