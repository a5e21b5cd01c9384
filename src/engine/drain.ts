// Taking a server out of service: its sessions end one by one, so that the next server does not get all clients in one moment.
import type { Session } from '../session/session.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'

/** The part of the time in which sessions are asked to end; the rest is for the last ones to take what is queued. */
const SPREAD = 0.8

/** One drain, from its beginning to the last session. */
export class Drain {
  readonly #sessions: ReadonlyMap<string, Session>
  readonly #timers: Timer[]
  readonly #done: () => void
  #end = Infinity
  /** Resolves when no session is left. */
  readonly finished: Promise<void>

  constructor (sessions: ReadonlyMap<string, Session>, wheel: TimerWheel) {
    this.#sessions = sessions
    let done = (): void => {}
    this.finished = new Promise((resolve) => { done = resolve })
    this.#done = done
    this.#timers = [...sessions.values()].map((session) => wheel.timer(() => session.endWhenIdle('server draining')))
    this.#timers.push(wheel.timer(() => this.endAll()))
  }

  /** A later call has an effect only if it ends the drain sooner. @param ms how long the whole drain may take */
  start (ms: number): void {
    const end = performance.now() + ms
    if (end >= this.#end) return
    this.#end = end
    const last = this.#timers.length - 1
    for (const [i, timer] of this.#timers.entries()) timer.start(i === last ? ms : i / last * ms * SPREAD)
    this.check()
  }

  /** The time is over. Clients that have just been told to go are still heard, for farewellTimeout. */
  endAll (): void {
    for (const session of [...this.#sessions.values()]) session.endWithFarewell('server draining')
    this.check()
  }

  /** A session has ended. */
  check (): void {
    if (this.#sessions.size > 0) return
    for (const timer of this.#timers) timer.stop()
    this.#done()
  }
}
