// Connections that the sessions of a process share for what is no message of theirs: answers to heartbeats. Thousands of idle sessions
// are not to hold two connections each, or to open one every 25 seconds.
import { HttpLink } from './http-link.mjs'

const MOST = 16

export class SideLinks {
  #address
  #idle = []
  #opened = 0
  #waiting = []

  constructor (address) {
    this.#address = address
  }

  /** Sends a request whose answer is of no interest. */
  send (bytes) {
    const link = this.#idle.pop() ?? this.#another()
    if (link === undefined) this.#waiting.push(bytes)
    else this.#sendOver(link, bytes)
  }

  #another () {
    if (this.#opened === MOST) return undefined
    this.#opened++
    return new HttpLink(this.#address)
  }

  #sendOver (link, bytes) {
    link.request(bytes, () => {
      const next = this.#waiting.pop()
      if (next === undefined) this.#idle.push(link)
      else this.#sendOver(link, next)
    })
  }
}
