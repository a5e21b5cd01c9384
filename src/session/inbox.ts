// Delays the packets by which a client disconnects. The official Server calls listeners one or two ticks after it has read an event, and not at all if
// the socket has disconnected by then. So a disconnect packet waits until the listeners have got all events before it. Knows nothing of packets.

/**
 * `message`: delivered in order. `goodbye`: a disconnect packet. It waits for one turn of the event loop, in which the Server calls its listeners, also
 * behind middleware that calls `next` at once; the Server handles it one tick later. `end`: the end of the session. It waits like a goodbye, and comes
 * after goodbyes.
 */
export type InboxKind = 'message' | 'goodbye' | 'end'

/** The delayed packets of one session. */
export class Inbox {
  #items: { readonly run: () => void, readonly kind: InboxKind }[] = []
  /** Index of the first item that has not run. */
  #next = 0

  /** Whether nothing waits. A message may then be delivered without the inbox. */
  get empty (): boolean { return this.#items.length === 0 }

  /** Queues a function. It runs after all functions that were queued before. */
  push (run: () => void, kind: InboxKind): void {
    this.#items.push({ run, kind })
    if (this.#items.length === 1) setImmediate(() => this.#run(kind))
  }

  /** Runs the items at the head as long as they are of `kind`. Schedules a later run for the next kind. */
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
