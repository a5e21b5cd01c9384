// The queue of frames that wait to be sent, and its size. Knows nothing of transports.
import { detachBytes } from '../codec/detach.js'
import type { Frame } from '../codec/packet.js'

interface Queued {
  frame: Frame
  /** Size on the wire. */
  bytes: number
  /** Bytes of memory. */
  weight: number
  volatile: boolean
}

/** Bytes of memory of a frame besides its contents, measured with many short frames: a million frames of one byte take far more than a megabyte. */
const TEXT_OVERHEAD = 96
const BINARY_OVERHEAD = 256
/**
 * If the queue has more frames than this, one pass over it drops enough volatile frames to free a part of the limit. Otherwise each new frame
 * would cost a pass.
 */
const MANY = 1000
const DROPPED_PART = 1 / 8

function toQueued (frame: Frame, volatile = false): Queued {
  if (typeof frame !== 'string') {
    const own = detachBytes(frame)
    return { frame: own, bytes: own.length, weight: own.length + BINARY_OVERHEAD, volatile }
  }
  const bytes = Buffer.byteLength(frame)
  // V8 stores a string with one byte a character, or with two if one character is beyond Latin-1.
  const contents = bytes === frame.length ? bytes : Math.max(bytes, frame.length * 2)
  return { frame, bytes, weight: contents + TEXT_OVERHEAD, volatile }
}

/** Shared by all empty queues, and never written to: most queues are empty. */
const EMPTY: Queued[] = []

/** The queue of one session. */
export class OutgoingQueue {
  #items = EMPTY
  #bytes = 0
  #weight = 0
  #volatile = 0
  /** Whether the last text frame was dropped. Binary frames behind it are its attachments, and are dropped too. */
  #dropping = false

  /** Size of all frames on the wire, bytes. */
  get bytes () { return this.#bytes }
  /** Bytes of memory of all frames. */
  get weight () { return this.#weight }
  get empty () { return this.#items.length === 0 }

  /** Whether volatile frames wait. */
  get hasVolatile () { return this.#volatile > 0 }

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
    this.#items = queued.concat(this.#items) // not unshift(...queued): the number of arguments of a call is limited
    for (const one of queued) this.#add(one)
  }

  takeAll (): Frame[] { return this.take(Infinity) }

  /** Removes the oldest frames and returns them: as many as take at most `limit` bytes of memory, but at least one. */
  take (limit: number): Frame[] {
    const count = this.#countWithin(limit)
    const taken = count === this.#items.length ? this.#items : this.#items.splice(0, count)
    if (taken === this.#items) this.#items = EMPTY
    for (const queued of taken) this.#forget(queued)
    return taken.map(({ frame }) => frame)
  }

  #countWithin (limit: number): number {
    if (this.#weight <= limit) return this.#items.length
    let weight = 0
    const beyond = this.#items.findIndex((queued) => (weight += queued.weight) > limit)
    return Math.max(beyond, 1)
  }

  /**
   * Drops volatile frames, the oldest first, until the queue takes at most `limit` bytes of memory. Binary frames are dropped with the text before
   * them, because they may be its attachments. Returns the number of dropped frames.
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

  /** Drops the last frame if it is volatile text. Without a pass over the queue. Returns whether it did. */
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
