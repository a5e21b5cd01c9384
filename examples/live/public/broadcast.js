// The last message that was sent to all, and when each panel received it.
import { element, find, inMs } from './element.js'

/** The time of this page's machine, ms. */
export const now = () => performance.timeOrigin + performance.now()

export class Broadcast {
  #panels
  #id
  #sentAt = 0
  #arrivals = new Map()

  constructor (panels) {
    this.#panels = panels
  }

  start (id, text, from) {
    this.#id = id
    this.#sentAt = now()
    this.#arrivals.clear()
    find('broadcast-text').replaceChildren(element('q', '', text), ` from ${from}`)
    this.#draw()
  }

  arrived (panel, id, at) {
    if (id !== this.#id) return // sent by another page
    this.#arrivals.set(panel, at - this.#sentAt)
    this.#draw()
  }

  #draw () {
    const longest = Math.max(...this.#arrivals.values(), 1)
    for (const panel of this.#panels) panel.showArrival(this.#arrivals.get(panel))
    const listening = this.#panels.filter(({ on }) => on).length
    find('heard').textContent = `heard by ${this.#arrivals.size} of ${listening} within ${inMs(longest)}`
  }
}
