// Intervals on a clock that the test moves. The mocked timers of node:test would do, if in Node 20 an interval that is cleared by
// its own callback did not run on.
import { mock } from 'node:test'
import type { Teardown } from './teardown.js'

interface Interval { callback: () => void, every: number, due: number }

export class Clock {
  readonly #running = new Map<object, Interval>()
  #now = 0

  /** Takes the place of `setInterval`, `clearInterval` and `performance.now` until `restore`. */
  constructor () {
    mock.method(globalThis, 'setInterval', (callback: () => void, every: number) => {
      const handle = { unref: () => handle }
      this.#running.set(handle, { callback, every, due: this.#now + every })
      return handle
    })
    mock.method(performance, 'now', () => this.#now)
    const { clearInterval } = globalThis
    mock.method(globalThis, 'clearInterval', (handle: NodeJS.Timeout) => { if (!this.#running.delete(handle)) clearInterval(handle) })
  }

  restore (): void {
    mock.restoreAll()
  }

  /** How many intervals run. */
  get intervals (): number {
    return this.#running.size
  }

  /** Time passes, and the process has no time for intervals. */
  stall (ms: number): void {
    this.#now += ms
    for (const interval of this.#running.values()) interval.due = Math.max(interval.due, this.#now + 1)
  }

  tick (ms: number): void {
    for (const end = this.#now + ms; this.#now < end;) {
      this.#now++
      for (const [handle, interval] of [...this.#running]) {
        if (interval.due !== this.#now || !this.#running.has(handle)) continue
        interval.due += interval.every
        interval.callback()
      }
    }
  }
}

/** Lets so many ms pass. */
export interface Tick {
  (ms: number): void
  /** How many intervals there are. */
  running (): number
}

/** Stops the intervals of what is made from now on, until the test ends; they run by the function that it returns alone. */
export function clock (t: Teardown): Tick {
  const stopped = new Clock()
  t.teardown(() => stopped.restore())
  return Object.assign((ms: number) => stopped.tick(ms), { running: () => stopped.intervals })
}
