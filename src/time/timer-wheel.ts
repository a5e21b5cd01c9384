// One interval for all the timeouts of an Engine. Knows nothing of what the timers are for.

/** A restartable timeout on a {@link TimerWheel}. Starting it anew costs little: it is moved when its old time has come. */
export interface Timer {
  /** (Re)starts it. It fires no sooner than `ms` later, and less than two resolutions after that. */
  start (ms: number): void
  stop (): void
}

/** A ring of timers, to come into and leave in no time: every session has one. */
class Link {
  previous: Link = this
  next: Link = this

  /** Leaves the ring that it is in. */
  unlink (): void {
    this.previous.next = this.next
    this.next.previous = this.previous
    this.previous = this.next = this
  }

  /** Comes last in the ring that this is the head of. */
  push (link: Link): void {
    link.previous = this.previous
    link.next = this
    this.previous.next = link
    this.previous = link
  }
}

/** One timer. No closures: there are very many. */
class Entry<Owner = unknown> extends Link implements Timer {
  due = 0
  slot = 0
  readonly #wheel: TimerWheel
  readonly #fire: (owner: Owner) => void
  readonly #owner: Owner

  constructor (wheel: TimerWheel, fire: (owner: Owner) => void, owner: Owner) {
    super()
    this.#wheel = wheel
    this.#fire = fire
    this.#owner = owner
  }

  start (ms: number): void { this.#wheel.start(this, ms) }
  stop (): void { this.#wheel.stop(this) }
  fire (): void { this.#fire(this.#owner) }
}

/** What the wheel knows of a timer, whoever it belongs to. */
type Waiting = Link & Pick<Entry, 'due' | 'slot' | 'fire'>

/** Time that passes without a tick beyond this is a stall and does not count, ms. */
const STALL = 250

/**
 * Counts ticks, of which a stall of the process has few: every timeout is late by it, and a burst of sessions is not lost for
 * heartbeats that nobody had the time to read. Smaller delays, of which each interval has some, are made up for.
 */
export class TimerWheel {
  readonly #resolution: number
  readonly #slots = new Map<number, Link>()
  #now = 0
  /** Until when ticks have been counted, ms. */
  #counted = 0
  /** Timers that are started now start with a tick. */
  #ticking = false
  #ticker: NodeJS.Timeout | undefined

  /** @param resolution the length of a tick, ms */
  constructor (resolution: number) {
    this.#resolution = resolution
  }

  /** Makes a timer, at rest. `fire` is called each time it runs out, with the owner where one is given. */
  timer (fire: () => void): Timer
  timer <Owner> (fire: (owner: Owner) => void, owner: Owner): Timer
  timer (fire: (owner: unknown) => void, owner?: unknown): Timer {
    return new Entry(this, fire, owner)
  }

  /** For its timers. */
  start (entry: Waiting, ms: number): void {
    entry.due = this.#now + Math.ceil(ms / this.#resolution) + (this.#ticking ? 0 : 1 + this.#late)
    // Later than where it waits: it is moved on when that tick comes.
    if (entry.slot === 0 || entry.slot > entry.due) this.#slot(entry)
  }

  /** For its timers. */
  stop (entry: Waiting): void {
    entry.due = 0
    this.#remove(entry)
  }

  /** Ticks that a busy process has not got round to yet: what is started now is not to be early by them. */
  get #late (): number {
    if (this.#ticker === undefined) return 0
    return Math.floor(Math.min(performance.now() - this.#counted, Math.max(STALL, this.#resolution)) / this.#resolution)
  }

  #slot (entry: Waiting): void {
    this.#unlink(entry)
    entry.slot = entry.due
    let slot = this.#slots.get(entry.slot)
    if (slot === undefined) this.#slots.set(entry.slot, slot = new Link())
    slot.push(entry)
    if (this.#ticker !== undefined) return
    this.#counted = performance.now()
    this.#ticker = setInterval(() => this.catchUp(), this.#resolution).unref()
  }

  #unlink (entry: Waiting): void {
    const { previous } = entry
    entry.unlink()
    // It was the last one when what is left is the head.
    if (entry.slot !== 0 && previous.next === previous) this.#slots.delete(entry.slot)
    entry.slot = 0
  }

  #remove (entry: Waiting): void {
    this.#unlink(entry)
    if (this.#slots.size > 0 || this.#ticker === undefined) return
    clearInterval(this.#ticker)
    this.#ticker = undefined
  }

  /** Lets fire what is due, when nobody can wait for the next tick. */
  catchUp (): void {
    if (this.#ticking) return
    const now = performance.now()
    this.#counted = Math.max(this.#counted, now - Math.max(STALL, this.#resolution))
    this.#ticking = true
    try {
      for (; this.#counted + this.#resolution <= now && this.#ticker !== undefined; this.#counted += this.#resolution) this.#tick()
    } finally {
      this.#ticking = false
    }
  }

  #tick (): void {
    const slot = this.#slots.get(++this.#now)
    if (slot === undefined) return
    const entries: Waiting[] = []
    for (let link = slot.next; link !== slot; link = link.next) entries.push(link as Waiting)
    for (const entry of entries) {
      if (entry.slot !== this.#now) continue // stopped by one that fired before it
      if (entry.due > this.#now) {
        this.#slot(entry)
      } else {
        this.#remove(entry)
        entry.fire()
      }
    }
  }
}
