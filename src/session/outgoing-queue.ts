// What waits to be sent, in order, and how much it is. Knows nothing of who sends it.
import { detachBytes } from '../codec/detach.js'
import type { Frame } from '../codec/packet.js'

interface Queued {
  frame: Frame
  /** As it is sent. */
  bytes: number
  /** What it takes of memory, bytes. */
  weight: number
  volatile: boolean
}

/** What a frame takes of memory besides its contents (measured with heaps of short ones): a million frames of one byte are no megabyte. */
const TEXT_OVERHEAD = 96
const BINARY_OVERHEAD = 256
/** From so many on, volatile frames are dropped a part of the limit at a time: one at a time, each would be looked for among all. */
const MANY = 1000
const DROPPED_PART = 1 / 8

function toQueued (frame: Frame, volatile = false): Queued {
  if (typeof frame !== 'string') {
    const own = detachBytes(frame)
    return { frame: own, bytes: own.length, weight: own.length + BINARY_OVERHEAD, volatile }
  }
  const bytes = Buffer.byteLength(frame)
  // V8 keeps text as bytes, or as pairs of them as soon as one character is beyond Latin-1.
  const contents = bytes === frame.length ? bytes : Math.max(bytes, frame.length * 2)
  return { frame, bytes, weight: contents + TEXT_OVERHEAD, volatile }
}

/** Of all queues that are empty; never written to. */
const EMPTY: Queued[] = []

/** A queue of frames that knows its size. */
export class OutgoingQueue {
  #items = EMPTY
  #bytes = 0
  #weight = 0
  #volatile = 0
  /** The text put there last was dropped again: what is binary then belongs to it. */
  #dropping = false

  /** The size of all that waits, as it is sent; bytes. */
  get bytes () { return this.#bytes }
  /** What that takes of memory, bytes. */
  get weight () { return this.#weight }
  get empty () { return this.#items.length === 0 }

  /** Whether there is something to drop. */
  get hasVolatile () { return this.#volatile > 0 }

  /** What was put there last. */
  get last (): Frame | undefined { return this.#items.at(-1)?.frame }

  push (frame: Frame, volatile: boolean): void {
    if (this.#dropping && typeof frame !== 'string') return
    this.#dropping = false
    const queued = toQueued(frame, volatile)
    if (this.#items === EMPTY) this.#items = [queued]
    else this.#items.push(queued)
    this.#add(queued)
  }

  /** Puts frames before all others, in the order given. */
  unshift (frames: readonly Frame[]): void {
    const queued = frames.map((frame) => toQueued(frame))
    this.#items = queued.concat(this.#items) // not unshift(...queued): there may be more than a call takes arguments
    for (const one of queued) this.#add(one)
  }

  takeAll (): Frame[] { return this.take(Infinity) }

  /** The frames that have waited longest: as many as weigh no more than `limit` bytes, but one at least. */
  take (limit: number): Frame[] {
    const count = this.#countWithin(limit)
    const taken = count === this.#items.length ? this.#items : this.#items.splice(0, count)
    if (taken === this.#items) this.#items = EMPTY
    for (const queued of taken) this.#forget(queued)
    return taken.map(({ frame }) => frame)
  }

  #countWithin (most: number): number {
    if (this.#weight <= most) return this.#items.length
    let weight = 0
    const beyond = this.#items.findIndex((queued) => (weight += queued.weight) > most)
    return Math.max(beyond, 1)
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
    this.#dropping = false
    this.#items = this.#items.filter((queued) => {
      if (typeof queued.frame === 'string') this.#dropping = queued.volatile && this.#weight > target
      if (!this.#dropping) return true
      this.#forget(queued)
      return false
    })
    return before - this.#items.length
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

  #add ({ bytes, weight, volatile }: Queued): void {
    this.#bytes += bytes
    this.#weight += weight
    if (volatile) this.#volatile++
  }

  #forget ({ bytes, weight, volatile }: Queued): void {
    this.#bytes -= bytes
    this.#weight -= weight
    if (volatile) this.#volatile--
  }
}
