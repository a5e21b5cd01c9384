// Several clients take turns: one works at a time, the others wait in the order in which they asked.

export class Baton {
  #held = false
  #waiting = []

  /** @param begin is called when it is this one's turn */
  take (begin) {
    if (this.#held) this.#waiting.push(begin)
    else {
      this.#held = true
      begin()
    }
  }

  giveBack () {
    const next = this.#waiting.shift()
    if (next === undefined) this.#held = false
    else next()
  }
}
