// The move of a session from polls to a WebSocket: the client first tries out whether one goes through. Owns the probe and its
// time; knows nothing of HTTP.
import { PROBE, TYPE } from '../../codec/engine-io.js'
import type { Frame } from '../../codec/packet.js'
import type { Timer, TimerWheel } from '../../time/timer-wheel.js'
import type { EndReason, Polls, Transport, TransportListener } from '../../session/transport.js'

/** The session that may move. */
interface Upgrading extends TransportListener {
  upgrade: { abandon (reason?: EndReason): void } | undefined
  attach (transport: Transport): void
}

/** A transport that can be tried out before it is a session's. */
interface Candidate extends Transport {
  handOver (listener: TransportListener): void
}

/** What an {@link Upgrade} is made of. */
export interface UpgradeInit {
  session: Upgrading
  /** What carries the session until then. */
  polls: Pick<Polls, 'setUpgrading'>
  wheel: TimerWheel
  /** How long the client may take, ms. */
  upgradeTimeout: number
  /** Called when the session has moved. */
  onComplete: () => void
}

/**
 * One attempt.
 *
 *   start() ──► probing ── `2probe`: answered with `3probe`, and polls are answered at once ──► probed
 *   probing, probed ── `5` ──► complete: the session moves
 *   probing, probed ── another frame, upgradeTimeout, or the WebSocket closes ──► abandoned: the session stays with its polls
 * Until the client says `5`, its packets go over polls, both ways; `3probe` makes it finish the poll it has open, which is
 * therefore answered at once. An attempt that fails leaves the session where it was.
 */
export class Upgrade implements TransportListener {
  readonly #init: UpgradeInit
  readonly #timer: Timer
  #candidate: Candidate | undefined

  constructor (init: UpgradeInit) {
    this.#init = init
    this.#timer = init.wheel.timer(() => this.abandon())
  }

  /** Tries the transport out. */
  start (candidate: Candidate): void {
    this.#candidate = candidate
    this.#init.session.upgrade = this
    this.#timer.start(this.#init.upgradeTimeout)
  }

  onFrame (frame: Frame): void {
    if (this.#candidate === undefined) return
    if (frame === PROBE.ping && this.#candidate.writable) { // not for a peer that probes on and on and reads no answer
      this.#candidate.send([PROBE.pong])
      this.#init.polls.setUpgrading(true)
    } else if (frame === TYPE.upgrade) {
      this.#complete(this.#candidate)
    } else {
      this.abandon()
    }
  }

  #complete (candidate: Candidate): void {
    this.#over()
    candidate.handOver(this.#init.session)
    this.#init.session.attach(candidate)
    this.#init.onComplete()
  }

  #over (): void {
    this.#candidate = undefined
    this.#timer.stop()
    this.#init.session.upgrade = undefined
    this.#init.polls.setUpgrading(false)
  }

  /** It has failed, or the session is over for this reason. */
  abandon (reason?: EndReason): void {
    const candidate = this.#candidate
    if (candidate === undefined) return
    this.#over()
    candidate.close(undefined, reason)
  }

  onClose (): void { this.abandon() }
  onOpen (): void {}
  onIdle (): void {}
  onWritable (): void {}
  onReturned (): void {}
}
