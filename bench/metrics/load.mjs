// Load: messages come at a fixed rate, whether the server has answered or not, as from many independent users.
import { random } from '../lib/statistics.mjs'
import { echoFor } from './echo.mjs'
import { openMany } from './open-many.mjs'

/** Sends the messages of one session one after the other: a session has one on its way. */
class Sender {
  #session
  #done
  /** When the messages that have not been sent were due. */
  #due = []
  #isBusy = false

  /** @param done (due) for each echo */
  constructor (session, done) {
    this.#session = session
    this.#done = done
  }

  say (due) {
    this.#due.push(due)
    if (!this.#isBusy) this.#next()
  }

  #next () {
    this.#isBusy = this.#due.length > 0
    if (!this.#isBusy) return
    const due = this.#due.shift()
    this.#session.echo(() => {
      this.#done(due)
      this.#next()
    })
  }
}

/**
 * @implements a workload, see compare.mjs. A latency counts from the moment when the message was due (`rate` a second, with random gaps), not
 * from the moment when it was sent: so a server that is late cannot hide it.
 */
export async function load (side, { sessions, rate }) {
  let finish
  let open = 0
  let count = 0
  let kept
  const opened = await openMany(side, sessions, { concurrency: 20 })
  const senders = opened.map((session) => new Sender(session, (due) => {
    count++
    kept?.push(performance.now() - due)
    if (--open === 0) finish?.()
  }))
  let windows = 0
  let sent = 0
  /** The gaps differ from window to window, and are the same for each server. */
  const gapsOf = (next) => () => -Math.log(1 - next()) * 1000 / rate

  return {
    warm: (duration) => echoFor(opened, duration),
    run (duration, latencies) {
      kept = latencies
      count = 0
      finish = undefined
      const gap = gapsOf(random(++windows))
      return new Promise((resolve) => {
        const began = performance.now()
        let due = began + gap()
        // Asks for the time again and again: a timer has a resolution of 1 ms, and would send messages in bursts.
        const turn = () => {
          for (const now = performance.now(); due <= now && due < began + duration; due += gap()) {
            open++
            senders[sent++ % senders.length].say(due)
          }
          if (due < began + duration) setImmediate(turn)
          else if (open === 0) resolve(count)
          else finish = () => resolve(count)
        }
        turn()
      })
    }
  }
}
