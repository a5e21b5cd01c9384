// How many packets a session may send. Knows nothing of what is in them.

const SECOND = 1000

/** A token bucket that holds a second's worth. */
export class PacketRate {
  readonly #perSecond: number
  #left: number
  #since = performance.now()

  constructor (perSecond: number) {
    this.#perSecond = perSecond
    this.#left = perSecond
  }

  /** Counts one packet. Returns whether it may be. */
  tryConsume (): boolean {
    this.#refill() // each time: what does not fit while the bucket is full is lost
    if (this.#left < 1) return false
    this.#left--
    return true
  }

  #refill (): void {
    const now = performance.now()
    this.#left = Math.min(this.#left + (now - this.#since) / SECOND * this.#perSecond, this.#perSecond)
    this.#since = now
  }
}
