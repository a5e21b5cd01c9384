// Random numbers from a seed (the generator sfc32 of PractRand), and what is chosen by them: the same seed chooses the same.

/** A sequence of random numbers that its seed decides. */
export class Random {
  #a = 0x9e3779b9
  #b = 0x243f6a88
  #c: number
  #counter = 1

  constructor (seed: number) {
    this.#c = seed >>> 0
    for (let i = 0; i < 12; i++) this.#next()
  }

  #next (): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0
    return sum >>> 0
  }

  /** A seed for another sequence. */
  seed (): number { return this.#next() }

  /** A whole number from 0 to `count - 1`. */
  below (count: number): number { return this.#next() % count }

  /** A whole number from `low` to `high`. */
  between (low: number, high: number): number { return low + this.below(high - low + 1) }

  /** True once in `count` times. */
  oneIn (count: number): boolean { return this.below(count) === 0 }

  pick<T> (list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from')
    return list[this.below(list.length)] as T
  }

  /** A small number more often than a large one, below `count`. */
  small (count: number): number { return this.below(this.below(count) + 1) }
}
