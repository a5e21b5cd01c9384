// The counters of an Engine since its start: sessions and refusals by reason, upgrades, polls, durations. Pure.
import type { Metrics } from '../../types/metrics.js'
import type { EndReason, RefusalReason } from '../../types/reasons.js'
import { BOUNDS, Histogram } from './histogram.js'
import { TrafficCounter } from './traffic.js'

type Counts<Reason extends string> = Partial<Record<Reason, number>>

function count <Reason extends string> (counts: Counts<Reason>, reason: Reason): void {
  counts[reason] = (counts[reason] ?? 0) + 1
}

/** What is counted, as opposed to what is there now. */
type Counted = Omit<Metrics, 'sessions' | 'opening' | 'queuedBytes' | 'largestQueue' | 'nodes'>

/** The counters behind an Engine's `metrics`. */
export class Counters {
  opened = 0
  dropped = 0
  /** Requests for sessions of other nodes. */
  forwarded = 0
  /** Upgrades. */
  readonly upgrades = { tried: 0, done: 0, failed: 0 }
  readonly traffic = new TrafficCounter()
  readonly handshake = new Histogram(BOUNDS.handshake)
  readonly session = new Histogram(BOUNDS.session)
  readonly #poll = new Histogram(BOUNDS.poll)
  #pollsHeld = 0
  readonly #ended: Counts<EndReason> = {}
  readonly #refused: Counts<RefusalReason> = {}

  ended (reason: EndReason): void { count(this.#ended, reason) }
  refused (reason: RefusalReason): void { count(this.#refused, reason) }

  /** A poll begins to wait. Returns when, for {@link pollOver}. */
  pollHeld (): number {
    this.#pollsHeld++
    return performance.now()
  }

  /** The answer of a poll is over. */
  pollOver (since: number): void {
    this.#pollsHeld--
    this.#poll.add((performance.now() - since) / 1000)
  }

  /** A copy. */
  read (): Counted {
    return {
      opened: this.opened,
      ended: { ...this.#ended },
      refused: { ...this.#refused },
      dropped: this.dropped,
      pollsHeld: this.#pollsHeld,
      upgrades: { ...this.upgrades },
      traffic: this.traffic.read(),
      heartbeatsMissed: this.#ended['ping timeout'] ?? 0,
      histograms: { handshake: this.handshake.read(), session: this.session.read(), poll: this.#poll.read() },
      forwarded: this.forwarded
    }
  }
}
