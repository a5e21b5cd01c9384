// A line for each sample, with an estimate of what is left.

const time = (seconds) => seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`

/** Samples are weighed by how long they should take; how long they do take corrects it. */
export class Progress {
  #weights
  #total
  #done = 0
  #count = 0
  #began = performance.now()
  #say

  /** @param weights seconds that each sample should take, in order */
  constructor (weights, say = console.error) {
    this.#weights = weights
    this.#total = weights.reduce((sum, weight) => sum + weight, 0)
    this.#say = say
  }

  /** The next sample is done. */
  step (text) {
    this.#done += this.#weights[this.#count++] ?? 0
    const elapsed = (performance.now() - this.#began) / 1000
    const left = this.#done === 0 ? this.#total : elapsed * (this.#total - this.#done) / this.#done
    this.#say(`[${this.#count}/${this.#weights.length}, ${time(Math.max(left, 0))} left] ${text}`)
  }
}
