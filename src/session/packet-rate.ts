// The limit on packets a second from one client.

const SECOND = 1000

/** A token bucket. It holds the tokens of one second. */
export class PacketRate {
  readonly #perSecond: number
  #left: number
  #since = performance.now()

  constructor (perSecond: number) {
    this.#perSecond = perSecond
    this.#left = perSecond
  }

  /** Counts one packet. Returns whether it is within the limit. */
  tryConsume (): boolean {
    this.#refill() // each time, because tokens beyond a full bucket must not count later
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
