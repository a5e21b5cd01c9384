// How many bytes all sessions of an Engine may hold for their clients together, and how much of that one session may hold. Pure.

/** The bytes of one session. */
export interface Share {
  /** Bytes that this session holds now. */
  readonly kept: number
  /** Bytes that it may hold: as many as would then still be free. Negative when the other sessions hold more than the budget. */
  readonly limit: number
  /** Sets how many bytes it holds. */
  set (bytes: number): void
  /**
   * Sets how many bytes it holds, if there is room. Otherwise other sessions drop volatile packets, and sessions that hold more are ended. Returns whether
   * there was room then.
   */
  claim (bytes: number): boolean
  /** Notes that the session holds volatile packets, which can be dropped. */
  maySpare (): void
}

/** A session that holds something. */
export interface Keeper {
  /** bytes */
  readonly kept: number
  /** Drops volatile packets. */
  shed (): void
  /** Ends the session and releases everything that it holds. */
  giveUp (): void
}

/** The part of the budget that is freed at a time, because each time all sessions are sorted. */
const FREED = 1 / 16

/**
 * A limit on the sum. One session may hold as many bytes as are still free ("dynamic threshold", Choudhury and Hahne 1998, known from switches with
 * shared memory). So one slow client may hold much, and many slow clients may hold little each. When nothing is free, the largest sessions are ended
 * for a session that holds less.
 */
export class QueueBudget {
  readonly #limit: number
  readonly #keepers: () => Iterable<Keeper>
  #total = 0
  /** No session holds more bytes than this. It may be too high: the largest session may have ended since. */
  #largest = 0
  #isMakingRoom = false
  /** Whether a session may hold volatile packets. */
  #spare = false

  /**
   * @param limit bytes
   * @param keepers the sessions that may be ended
   */
  constructor (limit: number, keepers: () => Iterable<Keeper> = () => []) {
    this.#limit = limit
    this.#keepers = keepers
  }

  /** Bytes that all sessions hold. */
  get total () { return this.#total }

  /** A new share, which is empty. */
  share (): Share { return new SessionShare(this) }

  /** Bytes that are free. */
  get free () { return this.#limit - this.#total }

  /**
   * Makes room for a session that wants to hold `bytes`. First, sessions drop volatile packets, the largest first. If that is not enough, sessions that
   * hold more than `bytes` are ended, the largest first. Returns whether there is room then. Always true while room is being made: listeners of an ended
   * session may send to all others.
   * @param more how many of the bytes the session does not hold yet
   */
  makeRoom (bytes: number, more: number): boolean {
    if (this.#isMakingRoom) return true
    if (bytes >= this.#largest && !this.#spare) return false // do not sort in vain: a client may cause this as often as it likes
    this.#isMakingRoom = true
    const enough = Math.max(bytes, this.#limit * FREED)
    const lacks = (wanted: number): boolean => this.free - more < wanted
    const byKept = (one: Keeper, other: Keeper): number => other.kept - one.kept
    const keepers = [...this.#keepers()].sort(byKept)
    if (this.#spare) for (const keeper of keepers) if (lacks(enough)) keeper.shed()
    this.#spare = !lacks(enough)
    if (lacks(bytes)) for (const keeper of keepers.sort(byKept)) if (keeper.kept > bytes && lacks(enough)) keeper.giveUp()
    this.#largest = keepers.reduce((most, { kept }) => Math.max(most, kept), 0)
    this.#isMakingRoom = false
    return !lacks(bytes)
  }

  maySpare (): void { this.#spare = true }

  /** Counts the change of a share. */
  change (before: number, after: number): void {
    this.#total += after - before
    if (after > this.#largest) this.#largest = after
  }
}

class SessionShare implements Share {
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
