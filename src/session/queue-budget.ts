// What all sessions of an Engine keep waiting for their clients, and how much of it one may keep. Pure.

/** One session's part. */
export interface Share {
  /** How much this session keeps now, bytes. */
  readonly kept: number
  /** The most that it may keep: as much as is then still free, bytes. Below 0 where the others keep more than there is. */
  readonly limit: number
  /** It keeps so many bytes. */
  set (bytes: number): void
  /** The same if it may. Others let go of what may be lost for it, and those who keep more are given up. Returns whether it keeps them. */
  claim (bytes: number): boolean
  /** Some of what it keeps may be lost. */
  maySpare (): void
}

/** A session, as one that keeps something. */
export interface Keeper {
  /** bytes */
  readonly kept: number
  /** Lets go of what the application has said may be lost. */
  shed (): void
  /** Ends the session, and lets go of all that. */
  giveUp (): void
}

/** The part of the limit that is made free at a time: to find those who keep most takes a look at all. */
const FREED = 1 / 16

/**
 * A bound on the sum. One session may keep as much as is still free ("dynamic threshold", Choudhury and Hahne 1998, from switches with
 * shared memory): a single slow client is let have much, and many get little each. Where nothing is free, those who keep most go for one who keeps less.
 */
export class QueueBudget {
  readonly #limit: number
  readonly #keepers: () => Iterable<Keeper>
  #total = 0
  /** Nobody keeps more, bytes. Those who keep most may have gone since. */
  #largest = 0
  #making = false
  /** Somebody keeps what may be lost. */
  #spare = false

  /**
   * @param limit bytes
   * @param keepers those that may be given up
   */
  constructor (limit: number, keepers: () => Iterable<Keeper> = () => []) {
    this.#limit = limit
    this.#keepers = keepers
  }

  /** What all keep, bytes. */
  get total () { return this.#total }

  /** A part of it, empty. */
  share (): Share { return new Part(this) }

  /** What is still free, bytes. */
  get free () { return this.#limit - this.#total }

  /**
   * Has others let go of what may be lost, those who keep most first; where that does not leave enough, gives up those who keep more than one is to
   * keep. Returns whether it may be kept, which it also may while room is being made: who is given up has listeners, which may say it to everybody.
   * @param more how many of them it does not keep yet
   */
  makeRoom (bytes: number, more: number): boolean {
    if (this.#making) return true
    if (bytes >= this.#largest && !this.#spare) return false // nobody is looked for in vain: a client may ask as often as it likes
    this.#making = true
    const enough = Math.max(bytes, this.#limit * FREED)
    const lacks = (wanted: number): boolean => this.free - more < wanted
    const byKept = (one: Keeper, other: Keeper): number => other.kept - one.kept
    const keepers = [...this.#keepers()].sort(byKept)
    if (this.#spare) for (const keeper of keepers) if (lacks(enough)) keeper.shed()
    this.#spare = !lacks(enough)
    if (lacks(bytes)) for (const keeper of keepers.sort(byKept)) if (keeper.kept > bytes && lacks(enough)) keeper.giveUp()
    this.#largest = keepers.reduce((most, { kept }) => Math.max(most, kept), 0)
    this.#making = false
    return !lacks(bytes)
  }

  maySpare (): void { this.#spare = true }

  /** For its parts: one keeps so many bytes instead of so many. */
  change (before: number, after: number): void {
    this.#total += after - before
    if (after > this.#largest) this.#largest = after
  }
}

class Part implements Share {
  readonly #budget: QueueBudget
  #kept = 0

  constructor (budget: QueueBudget) {
    this.#budget = budget
  }

  get kept () { return this.#kept }
  get limit () { return (this.#budget.free + this.#kept) / 2 }

  set (bytes: number): void {
    this.#budget.change(this.#kept, bytes)
    this.#kept = bytes
  }

  maySpare (): void { this.#budget.maySpare() }

  claim (bytes: number): boolean {
    const may = bytes <= this.limit || this.#budget.makeRoom(bytes, bytes - this.#kept)
    if (may) this.set(bytes)
    return may
  }
}
