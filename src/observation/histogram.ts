// Counts durations by buckets. Pure.
import type { DurationHistogram } from '../../types/metrics.js'

/** Upper bounds of buckets, s, in ascending order. Fixed, so that metrics of several servers can be added. */
export const BOUNDS = {
  /** A handshake waits for a database at most, and ends with `handshakeTimeout`. */
  handshake: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  /** From a page that is left at once to a client that stays for days. */
  session: [1, 10, 60, 300, 1800, 3600, 14_400, 86_400],
  /** A poll that is never answered earlier lasts `pingInterval` or `pollingDuration`. */
  poll: [0.01, 0.1, 0.5, 1, 5, 10, 20, 25, 30]
} as const

export class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  constructor (bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = Array<number>(bounds.length + 1).fill(0)
  }

  /** Counts one duration, s. */
  add (seconds: number): void {
    const { length } = this.#bounds
    let at = 0
    while (at < length && seconds > (this.#bounds[at] ?? Infinity)) at++
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#sum += seconds
  }

  /** A copy. */
  read (): DurationHistogram {
    let count = 0
    const buckets = this.#counts.map((own, i) => {
      count += own
      return { le: this.#bounds[i] ?? Infinity, count }
    })
    return { buckets, sum: this.#sum, count }
  }
}
