// Who has the session of a request: this node, or another one. Also knows the requests that wait here for sessions of other nodes, and lets them go when the app closes.
import type { PollOwner, SessionHost } from '../../types/cluster.js'
import type { Engine } from '../engine/engine.js'
import type { Settings } from '../options.js'
import { LocalSessions } from './local-sessions.js'

/** A request that waits here for a session of another node. */
type Held = Pick<PollOwner, 'release'>

export class Hosts {
  readonly engine: Engine
  /** The sessions of this node. */
  readonly local: SessionHost
  readonly #held = new Set<Held>()
  #onReleased = (): void => {}

  constructor (engine: Engine, settings: Settings) {
    this.engine = engine
    this.local = new LocalSessions(engine, settings)
  }

  /** Returns the node that has a session. It is this one if the session exists nowhere. */
  of (sid: string): SessionHost {
    return this.engine.nodeOf(sid) ?? this.local
  }

  /** Returns the same for a request that is handed over now. Counts it if it is for another node. */
  takes (sid: string): SessionHost {
    const host = this.of(sid)
    if (host !== this.local) this.engine.counters.forwarded++
    return host
  }

  /** Tracks a request until {@link over}. */
  hold (held: Held): void { this.#held.add(held) }

  over (held: Held): void { if (this.#held.delete(held) && this.#held.size === 0) this.#onReleased() }

  /** Lets all requests go, so that their clients send the next ones to another node. Resolves when they are over. @param ms how long to wait at most */
  async release (ms: number): Promise<void> {
    if (this.#held.size === 0) return
    const released = new Promise<void>((resolve) => { this.#onReleased = resolve })
    for (const held of [...this.#held]) held.release()
    const timer = this.engine.wheel.timer(this.#onReleased)
    timer.start(ms)
    await released
    timer.stop()
  }
}
