// What all sessions of an Engine keep waiting for their clients, and how much of it one may keep. Pure.

/** One session's part. */
export interface Share {
  /** How much this session keeps now, bytes. */
  set (bytes: number): void
  /** How much that is. */
  readonly kept: number
  /** The most that it may keep: as much as is then still free, bytes. Below 0 where the others keep more than there is. */
  readonly most: number
}

/** A session, as one that keeps something. */
export interface Keeper {
  /** bytes */
  readonly kept: number
  /** Ends the session, and lets go of all that. */
  giveUp (): void
}

/** The part of the limit that is made free at a time: to find those who keep most takes a look at all. */
const FREED = 1 / 16

/**
 * A bound on the sum. One session may keep as much as is still free ("dynamic threshold", Choudhury and Hahne 1998, from switches with
 * shared memory): a single slow client is let have much, and many get little each. Where nothing is free, those who keep most go for one who keeps less.
 */
export class Backlog {
  readonly #limit: number
  readonly #keepers: () => Iterable<Keeper>
  #total = 0
  #making = false

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
   * Gives up those who keep more than the share does, the largest first, so that it may keep what it keeps. Returns whether it may, which it also may
   * while room is being made: who is given up has listeners, which may say it to everybody.
   */
  makeRoom ({ kept }: Share): boolean {
    if (this.#making) return true
    this.#making = true
    const enough = Math.max(kept, this.#limit * FREED)
    const larger = [...this.#keepers()].filter((keeper) => keeper.kept > kept).sort((one, other) => other.kept - one.kept)
    for (const keeper of larger) if (this.free < enough) keeper.giveUp()
    this.#making = false
    return this.free >= kept
  }

  /** For its parts: one keeps so many bytes more. */
  add (bytes: number): void { this.#total += bytes }
}

class Part implements Share {
  readonly #backlog: Backlog
  #kept = 0

  constructor (backlog: Backlog) {
    this.#backlog = backlog
  }

  set (bytes: number): void {
    this.#backlog.add(bytes - this.#kept)
    this.#kept = bytes
  }

  get kept () { return this.#kept }
  get most () { return (this.#backlog.free + this.#kept) / 2 }
}
