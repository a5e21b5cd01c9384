// What all sessions of an Engine keep waiting for their clients, and how much of it one may keep. Pure.

/** One session's part. */
export interface Share {
  /** How much this session keeps now, bytes. */
  set (bytes: number): void
  /** The most that it may keep: as much as is then still free, bytes. Below 0 where the others keep more than there is. */
  readonly most: number
}

/**
 * A bound on the sum. One session may keep as much as is still free ("dynamic threshold", Choudhury and Hahne 1998, from switches with
 * shared memory): a single slow client is let have much, many get little each, and those who keep most go first.
 */
export class Backlog {
  readonly #limit: number
  #total = 0

  /** @param limit bytes */
  constructor (limit: number) {
    this.#limit = limit
  }

  /** What all keep, bytes. */
  get total () { return this.#total }

  /** A part of it, empty. */
  share (): Share { return new Part(this) }

  /** What is still free, bytes. */
  get free () { return this.#limit - this.#total }
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

  get most () { return (this.#backlog.free + this.#kept) / 2 }
}
