// The log lines of refused requests. A client can be refused as often as it likes, so only some lines a second are written for each reason. The others are counted.
import type { FastifyBaseLogger } from 'fastify'
import type { RefusalReason } from '../../types/reasons.js'
import type { Timer } from '../time/timer-wheel.js'

const SECOND = 1000
/** Lines a second for each reason: enough to see what is wrong. */
const LINES = 5

interface RefusalLogInit {
  readonly log: FastifyBaseLogger
  /** Makes the timer of the second. */
  readonly timer: (call: () => void) => Timer
}

/**
 * The lines of one Engine.
 *
 *   quiet ── a refusal ──► a second runs: LINES lines of each reason are written ── it is over ──► quiet; what was not written is one line
 */
export class RefusalLog {
  readonly #log: FastifyBaseLogger
  readonly #timer: Timer
  /** How many requests were refused in this second, by reason. */
  #refused = new Map<RefusalReason, number>()

  constructor ({ log, timer }: RefusalLogInit) {
    this.#log = log
    this.#timer = timer(() => this.flush())
  }

  /** Counts a refusal. Returns whether its line is to be written. */
  take (reason: RefusalReason): boolean {
    if (this.#refused.size === 0) this.#timer.start(SECOND)
    const count = (this.#refused.get(reason) ?? 0) + 1
    this.#refused.set(reason, count)
    return count <= LINES
  }

  /** Ends the second. Writes a line if there were more refusals than lines. */
  flush (): void {
    this.#timer.stop()
    const more = [...this.#refused].filter(([, count]) => count > LINES).map(([reason, count]) => [reason, count - LINES] as const)
    this.#refused = new Map()
    if (more.length === 0) return
    const sum = more.reduce((total, [, count]) => total + count, 0)
    const level = more.every(([reason]) => reason === 'unknown session') ? 'info' : 'warn'
    this.#log[level]({ reasons: Object.fromEntries(more) }, `${sum} more refusals in the last second`)
  }
}
