// One interval for all the timeouts of an Engine. Knows nothing of what the timers are for.

/** A restartable timeout on a {@link TimerWheel}. Starting it anew costs two number writes. */
export interface Timer {
  /** (Re)starts it. It fires no sooner than `ms` later, and less than two resolutions after that. */
  start (ms: number): void
  stop (): void
}

interface Entry {
  due: number
  slot: number
  fire (): void
}

/**
 * Counts ticks instead of reading a clock: when the process stalls, every timeout is late by the stall, and a burst of
 * sessions is not lost for heartbeats that nobody had the time to read.
 */
export class TimerWheel {
  readonly #resolution: number
  readonly #slots = new Map<number, Set<Entry>>()
  #now = 0
  #ticker: NodeJS.Timeout | undefined

  /** @param resolution the length of a tick, ms */
  constructor (resolution: number) {
    this.#resolution = resolution
  }

  /** Makes a timer, at rest. `fire` is called each time it runs out. */
  timer (fire: () => void): Timer {
    const entry: Entry = { due: 0, slot: 0, fire }
    return {
      start: (ms) => {
        entry.due = this.#now + Math.ceil(ms / this.#resolution) + 1
        // Later than where it waits: it is moved on when that tick comes.
        if (entry.slot === 0 || entry.slot > entry.due) this.#place(entry)
      },
      stop: () => {
        entry.due = 0
        this.#remove(entry)
      }
    }
  }

  #place (entry: Entry): void {
    this.#leave(entry)
    entry.slot = entry.due
    const slot = this.#slots.get(entry.slot)
    if (slot === undefined) this.#slots.set(entry.slot, new Set([entry]))
    else slot.add(entry)
    this.#ticker ??= setInterval(() => this.#tick(), this.#resolution).unref()
  }

  #leave (entry: Entry): void {
    const slot = this.#slots.get(entry.slot)
    if (slot?.delete(entry) === true && slot.size === 0) this.#slots.delete(entry.slot)
    entry.slot = 0
  }

  #remove (entry: Entry): void {
    this.#leave(entry)
    if (this.#slots.size > 0 || this.#ticker === undefined) return
    clearInterval(this.#ticker)
    this.#ticker = undefined
  }

  #tick (): void {
    const slot = this.#slots.get(++this.#now)
    if (slot === undefined) return
    for (const entry of [...slot]) {
      if (entry.slot !== this.#now) continue // stopped by one that fired before it
      if (entry.due > this.#now) {
        this.#place(entry)
      } else {
        this.#remove(entry)
        entry.fire()
      }
    }
  }
}
