// A map for entries that a peer may never use again. Pure.

/** A Map that drops its oldest entry when it is full. */
export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>()
  readonly #limit: number

  constructor (limit: number) {
    this.#limit = limit
  }

  get size (): number { return this.#map.size }

  get (key: K): V | undefined {
    return this.#map.get(key)
  }

  delete (key: K): boolean {
    return this.#map.delete(key)
  }

  set (key: K, value: V): void {
    const oldest = this.#map.keys().next()
    const full = this.#map.size >= this.#limit && !this.#map.has(key)
    if (full && oldest.done !== true) this.#map.delete(oldest.value)
    this.#map.set(key, value)
  }
}
