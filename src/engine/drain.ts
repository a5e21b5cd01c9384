// A slow shutdown: sessions end one by one, so that the clients do not all connect to the next server at the same moment.
import type { Session } from '../session/session.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'

/** The part of the time over which the ends of the sessions are spread. In the rest, the last sessions send their queued frames. */
const SPREAD = 0.8

/** One drain, until the last session has ended. */
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

  /** Starts the drain. A later call has an effect only if it ends the drain sooner. @param ms how long the whole drain may take */
  start (ms: number): void {
    const end = performance.now() + ms
    if (end >= this.#end) return
    this.#end = end
    const last = this.#timers.length - 1
    for (const [i, timer] of this.#timers.entries()) timer.start(i === last ? ms : i / last * ms * SPREAD)
    this.check()
  }

  /** Ends the sessions that are left. Packets of their clients are still delivered for `farewellTimeout`. */
  endAll (): void {
    for (const session of [...this.#sessions.values()]) session.endWithFarewell('server draining')
    this.check()
  }

  /** Finishes the drain if no session is left. Called when a session has ended. */
  check (): void {
    if (this.#sessions.size > 0) return
    for (const timer of this.#timers) timer.stop()
    this.#done()
  }
}
