// What a client says, in the order in which the official Server acts on it. The Server calls listeners one or two ticks after it has read an event, and not
// at all for a socket that has left by then: a goodbye has to wait until what came before it has been heard. Knows nothing of packets.

/**
 * `message`: heard when its turn comes. `goodbye`: waits for one turn of the event loop, in which the Server calls its listeners, also behind middleware
 * that calls `next` at once; the Server acts on it one tick later. `end`: as a goodbye, and behind goodbyes.
 */
export type InboxKind = 'message' | 'goodbye' | 'end'

/** Of one session. */
export class Inbox {
  #items: { readonly run: () => void, readonly kind: InboxKind }[] = []
  /** The first of them that has not run. */
  #next = 0

  /** Whether nothing waits: a message may be heard at once. */
  get empty (): boolean { return this.#items.length === 0 }

  /** Runs when all before it has. */
  push (run: () => void, kind: InboxKind): void {
    this.#items.push({ run, kind })
    if (this.#items.length === 1) setImmediate(() => this.#run(kind))
  }

  /** Those at the head that are of one kind. */
  #run (kind: InboxKind): void {
    for (let item = this.#items[this.#next]; item !== undefined; item = this.#items[this.#next]) {
      const other = item.kind
      if (other !== kind) {
        const go = (): void => this.#run(other)
        if (kind === 'message') setImmediate(go)
        else process.nextTick(go)
        return
      }
      this.#next++
      item.run()
    }
    this.#items = []
    this.#next = 0
  }
}
