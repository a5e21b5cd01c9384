// One interval for all timeouts of an Engine.

/** A restartable timeout on a {@link TimerWheel}. A restart costs little: the timer stays in its slot and is moved when the old time is over. */
export interface Timer {
  /** (Re)starts the timer. It fires at least `ms` later, and less than `ms` and two ticks later. */
  start (ms: number): void
  stop (): void
}

/** A doubly linked ring: timers are added and removed in constant time, however many sessions there are. */
class Link {
  previous: Link = this
  next: Link = this

  /** Removes this link from its ring. */
  unlink (): void {
    this.previous.next = this.next
    this.next.previous = this.previous
    this.previous = this.next = this
  }

  /** Adds a link at the end of the ring. This link must be its head. */
  push (link: Link): void {
    link.previous = this.previous
    link.next = this
    this.previous.next = link
    this.previous = link
  }
}

/** One timer. It has no closures, to save memory. */
class Entry<Owner = unknown> extends Link implements Timer {
  /** Tick at which it fires. */
  due = 0
  /** Tick whose slot it is in, `due` or earlier; 0: none. */
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

/** A timer, as the wheel uses it: independent of the type of its owner. */
type Waiting = Link & Pick<Entry, 'due' | 'slot' | 'fire'>

/** Most time that the wheel counts between two ticks, ms. The rest is a stall of the process and does not count. */
const STALL = 250

/**
 * Counts ticks, not time. A stall of the process has few ticks, so it delays every timeout. Otherwise many sessions would end because of heartbeats that
 * the stalled process could not read. For smaller delays, which every interval has, missing ticks are counted later.
 */
export class TimerWheel {
  readonly #resolution: number
  readonly #slots = new Map<number, Link>()
  #now = 0
  /** Time up to which ticks have been counted, in ms of performance.now(). */
  #counted = 0
  /** Whether a tick is being handled. A timer that is started meanwhile starts exactly with that tick. */
  #ticking = false
  #ticker: NodeJS.Timeout | undefined

  /** @param resolution the length of a tick, ms */
  constructor (resolution: number) {
    this.#resolution = resolution
  }

  /** Makes a timer, not started. `fire` is called each time its time is over, with the owner if there is one. */
  timer (fire: () => void): Timer
  timer <Owner> (fire: (owner: Owner) => void, owner: Owner): Timer
  timer (fire: (owner: unknown) => void, owner?: unknown): Timer {
    return new Entry(this, fire, owner)
  }

  /** Called by timers only. */
  start (entry: Waiting, ms: number): void {
    entry.due = this.#now + Math.ceil(ms / this.#resolution) + (this.#ticking ? 0 : 1 + this.#late)
    // A timer that is in an earlier slot stays there. It is moved when the tick of that slot comes.
    if (entry.slot === 0 || entry.slot > entry.due) this.#insert(entry)
  }

  /** Called by timers only. */
  stop (entry: Waiting): void {
    entry.due = 0
    this.#remove(entry)
  }

  /** Ticks that a busy process has not handled yet. They are added to a timer that is started now, or it would fire too early. */
  get #late (): number {
    if (this.#ticker === undefined) return 0
    return Math.floor(Math.min(performance.now() - this.#counted, Math.max(STALL, this.#resolution)) / this.#resolution)
  }

  #insert (entry: Waiting): void {
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
    // If only the head is left, the slot is empty.
    if (entry.slot !== 0 && previous.next === previous) this.#slots.delete(entry.slot)
    entry.slot = 0
  }

  #remove (entry: Waiting): void {
    this.#unlink(entry)
    if (this.#slots.size > 0 || this.#ticker === undefined) return
    clearInterval(this.#ticker)
    this.#ticker = undefined
  }

  /** Handles the ticks up to now and fires due timers. Also called before a session is looked up, so that the session ends at its time. */
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
      if (entry.slot !== this.#now) continue // stopped or restarted by a timer that fired before
      if (entry.due > this.#now) {
        this.#insert(entry)
      } else {
        this.#remove(entry)
        entry.fire()
      }
    }
  }
}
