// The one timer of a session: it sends heartbeats, and notices a client that does not answer or come back. Knows nothing of packets.
import type { Heartbeat } from './dialect.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { Transport } from './transport.js'

/** The session. */
export interface LivenessListener {
  /** Called when the server has to send a heartbeat. */
  onDue (): void
  /** Called when the time is over in which the client had to send something. */
  onDead (): void
}

export interface LivenessInit {
  readonly wheel: TimerWheel
  readonly heartbeat: Heartbeat
  /** Longest time between two polls, in dialects without heartbeats on polls; ms. */
  readonly closeTimeout: number
  readonly listener: LivenessListener
}

/**
 * States (`#waiting`):
 *
 *   anything ── wait(): a request, a poll or the client's heartbeat must come ── time is over ──► dead
 *   interval ── time is over: a heartbeat is sent ──► answer ── time is over ──► dead
 *      ▲                                                │ extend(): another packet came, once
 *      └──────────────── onHeartbeat() ─────────────────┘
 */
export class Liveness {
  readonly #heartbeat: Heartbeat
  readonly #closeTimeout: number
  readonly #listener: LivenessListener
  readonly #timer: Timer
  /** What happens when the time is over. `interval`: a heartbeat is sent; otherwise: `onDead`. */
  #waiting: 'interval' | 'answer' | 'anything' = 'anything'
  /** Whether the time for the answer has been extended. */
  #extended = false

  constructor ({ wheel, heartbeat, closeTimeout, listener }: LivenessInit) {
    this.#heartbeat = heartbeat
    this.#closeTimeout = closeTimeout
    this.#listener = listener
    this.#timer = wheel.timer(Liveness.#onTimer, this)
  }

  static readonly #onTimer = (liveness: Liveness): void => liveness.#ranOut()

  /** Waits `ms` for the client. Each call starts the time again. */
  wait (ms: number): void {
    this.#waiting = 'anything'
    this.#timer.start(ms)
  }

  /** Starts the timer of a session that has connected. */
  connected (): void {
    if (this.#heartbeat.onPolls) this.#beat()
    else this.wait(this.#closeTimeout)
  }

  /** Called when the client holds something open. In dialects without heartbeats on polls, no time runs during a poll. */
  onTransportOpen ({ persistent }: Transport): void {
    if (this.#heartbeat.onPolls) return
    if (persistent) this.#beat()
    else this.stop()
  }

  /** Called when the client holds nothing open any more, and has to send its next poll. */
  idle (): void {
    if (!this.#heartbeat.onPolls) this.wait(this.#closeTimeout)
  }

  /** Restarts the interval: it counts from the last heartbeat of the client, whether that was an answer or not (docs/revision-1.md, Timers). */
  onHeartbeat ({ persistent, open }: Transport): void {
    if (this.#heartbeat.onPolls || (persistent && open)) this.#beat()
  }

  #beat (): void {
    const { interval, frame } = this.#heartbeat
    this.#waiting = frame === undefined ? 'anything' : 'interval'
    if (interval === false) this.#timer.stop()
    else this.#timer.start(interval)
  }

  /** Gives the client more time when another packet has come: its answer may be behind a large packet. Once for each heartbeat, as in engine.io. */
  extend (): void {
    if (this.#waiting !== 'answer' || this.#extended) return
    this.#extended = true
    this.#timer.start(this.#heartbeat.timeout)
  }

  stop (): void {
    this.#timer.stop()
  }

  #ranOut (): void {
    if (this.#waiting !== 'interval') return this.#listener.onDead()
    this.#waiting = 'answer'
    this.#extended = false
    this.#timer.start(this.#heartbeat.timeout)
    this.#listener.onDue()
  }
}
