// What all sessions of an Engine keep waiting for their clients, and how much of it one may keep. Pure.

/** One session's part. */
export interface Share {
  /** How much this session keeps now, bytes. */
  set (bytes: number): void
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
  /** What nobody keeps; below 0 where responses hold more than there is. */
  get free () { return this.#limit - this.#total }

  /** A part of it, empty. */
  share (): Share {
    let kept = 0
    return {
      set: (bytes) => {
        this.#total += bytes - kept
        kept = bytes
      }
    }
  }
}
