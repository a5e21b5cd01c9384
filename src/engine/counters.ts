// The counters of an Engine since its start: sessions and refusals by reason. Pure.
import type { RefusalReason } from '../../types/reasons.js'
import type { EndReason } from '../session/transport.js'

type Counts<Reason extends string> = Partial<Record<Reason, number>>

function count <Reason extends string> (counts: Counts<Reason>, reason: Reason): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}

/** The counters behind an Engine's `metrics`. */
export class Counters {
  opened = 0
  dropped = 0
  readonly #ended: Counts<EndReason> = {}
  readonly #refused: Counts<RefusalReason> = {}

  ended (reason: EndReason): void { count(this.#ended, reason) }
  refused (reason: RefusalReason): void { count(this.#refused, reason) }

  /** A copy. */
  read () {
    return { opened: this.opened, ended: { ...this.#ended }, refused: { ...this.#refused }, dropped: this.dropped }
  }
}
