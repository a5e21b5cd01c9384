// What waits to be sent, in order, and how much it is. Knows nothing of who sends it.
import type { Frame } from './codec/packet.js'

interface Queued {
  frame: Frame
  bytes: number
  volatile: boolean
}

const toQueued = (frame: Frame, volatile = false): Queued => ({ frame, bytes: Buffer.byteLength(frame), volatile })

/** A queue of frames that knows its size. */
export class OutgoingQueue {
  #items: Queued[] = []
  #bytes = 0

  /** The size of all that waits, bytes. */
  get bytes () { return this.#bytes }
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
   * Drops volatile frames, oldest first, until no more than `limit` bytes wait. Binary goes with the text before it, whose attachment it
   * may be. Returns whether that was enough.
   */
  dropVolatile (limit: number): boolean {
    let dropping = false
    this.#items = this.#items.filter((queued) => {
      if (typeof queued.frame === 'string') dropping = queued.volatile && this.#bytes > limit
      if (!dropping) return true
      this.#bytes -= queued.bytes
      return false
    })
    return this.#bytes <= limit
  }
}
