// Whether a session's client lives: the one timer of a session, whose meaning follows from what is waited for. Knows nothing of
// packets, and of a transport whether polls are its way.
import type { Heartbeat } from './dialect.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { Transport } from './transport.js'

/** Whose client it is. */
export interface LivenessListener {
  /** A heartbeat is to be sent. */
  onDue (): void
  /** What was waited for has not come. */
  onDead (): void
}

/** What a {@link Liveness} is made of. */
export interface LivenessInit {
  readonly wheel: TimerWheel
  readonly heartbeat: Heartbeat
  /** How long a client may stay away between two polls, where those carry no heartbeats; ms. */
  readonly closeTimeout: number
  readonly listener: LivenessListener
}

/**
 * The timer of one session.
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
  /** `interval`: a heartbeat is due when the time has run out; anything else: the client is dead then. */
  #waiting: 'interval' | 'answer' | 'anything' = 'anything'
  /** Something else has come instead of the answer. */
  #extended = false

  constructor ({ wheel, heartbeat, closeTimeout, listener }: LivenessInit) {
    this.#heartbeat = heartbeat
    this.#closeTimeout = closeTimeout
    this.#listener = listener
    this.#timer = wheel.timer(Liveness.#onTimer, this)
  }

  static readonly #onTimer = (liveness: Liveness): void => liveness.#ranOut()

  /** Something has to come within so many ms. */
  wait (ms: number): void {
    this.#waiting = 'anything'
    this.#timer.start(ms)
  }

  /** The session has connected. */
  connected (): void {
    if (this.#heartbeat.onPolls) this.#beat()
    else this.wait(this.#closeTimeout)
  }

  /** The client holds something open. Where polls carry no heartbeats, none runs while it polls. */
  onTransportOpen ({ persistent }: Transport): void {
    if (this.#heartbeat.onPolls) return
    if (persistent) this.#beat()
    else this.stop()
  }

  /** The client holds nothing open any more, and is expected back. */
  idle (): void {
    if (!this.#heartbeat.onPolls) this.wait(this.#closeTimeout)
  }

  /** A heartbeat of the client has come, as an answer or not: the interval counts from it (docs/revision-1.md, Timers). */
  onHeartbeat ({ persistent, open }: Transport): void {
    if (this.#heartbeat.onPolls || (persistent && open)) this.#beat()
  }

  #beat (): void {
    const { interval, frame } = this.#heartbeat
    this.#waiting = frame === undefined ? 'anything' : 'interval'
    if (interval === false) this.#timer.stop()
    else this.#timer.start(interval)
  }

  /** Something else has come: the answer may be behind something large. Once only, as in engine.io. */
  extend (): void {
    if (this.#waiting !== 'answer' || this.#extended) return
    this.#extended = true
    this.#timer.start(this.#heartbeat.timeout)
  }

  /** No time runs. */
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
