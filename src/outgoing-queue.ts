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

const weigh = (bytes: number, count: number): number => bytes + Math.max(count - MANY, 0) * OVERHEAD

const toQueued = (frame: Frame, volatile = false): Queued => ({ frame, bytes: Buffer.byteLength(frame), volatile })

/** A queue of frames that knows its size. */
export class OutgoingQueue {
  #items: Queued[] = []
  #bytes = 0

  /** The size of all that waits, bytes. */
  get bytes () { return this.#bytes }
  /** About what that takes of memory, bytes. */
  get weight () { return weigh(this.#bytes, this.#items.length) }
  get empty () { return this.#items.length === 0 }

  /** What was put there last. */
  get last (): Frame | undefined { return this.#items.at(-1)?.frame }

  push (frame: Frame, volatile: boolean): void {
    const queued = toQueued(frame, volatile)
    this.#items.push(queued)
    this.#bytes += queued.bytes
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
    this.#items = []
    this.#bytes = 0
    return frames
  }

  /**
   * Drops volatile frames, oldest first, until what waits weighs no more than `limit`. Binary goes with the text before it, whose attachment it
   * may be. Returns whether that was enough.
   */
  dropVolatile (limit: number): boolean {
    let count = this.#items.length
    let dropping = false
    this.#items = this.#items.filter(({ frame, bytes, volatile }) => {
      if (typeof frame === 'string') dropping = volatile && weigh(this.#bytes, count) > limit
      if (!dropping) return true
      this.#bytes -= bytes
      count--
      return false
    })
    return this.weight <= limit
  }
}
