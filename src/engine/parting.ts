// A fast shutdown: tells all clients of an Engine to leave, and waits until the packets that they have sent are delivered.
import type { Session } from '../session/session.js'
import type { TimerWheel } from '../time/timer-wheel.js'

/** Waits for the next turn of the event loop, because the official Server calls listeners one or two ticks after it has read a packet. */
const turn = async (): Promise<void> => { await new Promise((resolve) => { setImmediate(resolve) }) }

/** The time between the farewells and the end of all sessions. */
export class Parting {
  readonly #wheel: TimerWheel
  /** Sessions whose clients may still send something. */
  #waiting = new Set<string>()
  #done = (): void => {}
  /** Resolves when no client can send anything any more, or when the time is over. */
  finished: Promise<void> = Promise.resolve()

  constructor (wheel: TimerWheel) {
    this.#wheel = wheel
  }

  /** Tells all clients to leave. @param ms how long to wait at most */
  start (sessions: ReadonlyMap<string, Session>, ms: number): void {
    this.#waiting = new Set(sessions.keys())
    const silence = new Promise<void>((resolve) => { this.#done = resolve })
    for (const session of [...sessions.values()]) session.endWithFarewell('server closing')
    this.finished = this.#finish(this.#waiting.size > 0 ? silence : undefined, ms)
  }

  async #finish (silence: Promise<void> | undefined, ms: number): Promise<void> {
    const timer = this.#wheel.timer(this.#done)
    if (silence !== undefined) timer.start(ms)
    await silence
    timer.stop()
    await turn()
    await turn()
  }

  /** Called when the client of this session can send nothing more. */
  over (id: string): void {
    if (this.#waiting.delete(id) && this.#waiting.size === 0) this.#done()
  }
}
