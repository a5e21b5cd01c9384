/** What has come and waits to be read, in order. */
export class Arrivals<Item> {
  readonly #items: Item[] = []
  readonly #readers: ((item: Item | undefined) => void)[] = []
  #over = false

  add (items: Iterable<Item>): void {
    for (const item of items) {
      const reader = this.#readers.shift()
      if (reader === undefined) this.#items.push(item)
      else reader(item)
    }
  }

  /** Nothing more will come. */
  end (): void {
    this.#over = true
    for (const reader of this.#readers.splice(0)) reader(undefined)
  }

  /** The next item; undefined when there will be none. */
  next (): Promise<Item | undefined> {
    if (this.#items.length > 0 || this.#over) return Promise.resolve(this.#items.shift())
    return new Promise((resolve) => this.#readers.push(resolve))
  }
}
