// A clock of the cluster that the test moves.
import type { Cancel, Clock } from '../../../src/cluster/clock.js'
import { turn } from '../../kit/waiting.js'

interface Timer { readonly call: () => void, readonly every: number | undefined, due: number }

export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 0

  /** How many timers run. */
  get timers (): number { return this.#timers.size }

  after (ms: number, call: () => void): Cancel { return this.#add({ call, every: undefined, due: this.#now + ms }) }
  every (ms: number, call: () => void): Cancel { return this.#add({ call, every: ms, due: this.#now + ms }) }

  /** Lets time pass, and promises settle after each timer that is due. */
  async tick (ms: number): Promise<void> {
    const end = this.#now + ms
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = next.due
      if (next.every === undefined) this.#timers.delete(next)
      else next.due += next.every
      next.call()
      await turn()
    }
    this.#now = end
    await turn()
  }

  #next (end: number): Timer | undefined {
    return [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
  }

  #add (timer: Timer): Cancel {
    this.#timers.add(timer)
    return () => { this.#timers.delete(timer) }
  }
}
