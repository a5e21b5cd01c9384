// How many log lines refused requests may have. A client can be refused as often as it likes, so each reason has a budget of lines. The others are counted.
import type { FastifyBaseLogger } from 'fastify'
import type { RefusalReason } from '../../types/reasons.js'
import type { Timer } from '../time/timer-wheel.js'

const SECOND = 1000
/** Lines that each reason may have at once, and how many it regains in a second. */
const BURST = 100
const PER_SECOND = 5

/** The lines of one reason: a token bucket. */
class Lines {
  #left = BURST
  #since = performance.now()
  /** Refusals without a line since the last summary. */
  more = 0

  take (): boolean {
    const now = performance.now()
    this.#left = Math.min(this.#left + (now - this.#since) / SECOND * PER_SECOND, BURST)
    this.#since = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}

interface RefusalLogInit {
  readonly log: FastifyBaseLogger
  /** Makes the timer of the summary. */
  readonly timer: (call: () => void) => Timer
}

/** The lines of one Engine. A second after the first refusal that has no line, one line has the number of those that have none. */
export class RefusalLog {
  readonly #log: FastifyBaseLogger
  readonly #timer: Timer
  readonly #lines = new Map<RefusalReason, Lines>()
  #isCounting = false

  constructor ({ log, timer }: RefusalLogInit) {
    this.#log = log
    this.#timer = timer(() => this.flush())
  }

  /** Returns whether a refusal may have a line. Counts it if not. */
  take (reason: RefusalReason): boolean {
    let lines = this.#lines.get(reason)
    if (lines === undefined) this.#lines.set(reason, lines = new Lines())
    if (lines.take()) return true
    lines.more++
    if (!this.#isCounting) this.#timer.start(SECOND)
    this.#isCounting = true
    return false
  }

  /** Writes how many refusals had no line, unless there were none. */
  flush (): void {
    if (!this.#isCounting) return
    this.#isCounting = false
    this.#timer.stop()
    let sum = 0
    const reasons: Partial<Record<RefusalReason, number>> = {}
    for (const [reason, lines] of this.#lines) {
      if (lines.more === 0) continue
      sum += lines.more
      reasons[reason] = lines.more
      lines.more = 0
    }
    this.#log.warn({ reasons }, `${sum} more refusals in the last second`)
  }
}
