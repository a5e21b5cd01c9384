// The upgrade of a session from polling to a WebSocket. The client first probes the WebSocket. Knows nothing of HTTP.
import { PROBE, TYPE } from '../../codec/engine-io.js'
import type { Frame } from '../../codec/packet.js'
import type { Timer, TimerWheel } from '../../time/timer-wheel.js'
import type { EndReason, Polls, Transport, TransportListener } from '../../session/transport.js'

/** The session that is upgraded. */
interface Upgrading extends TransportListener {
  upgrade: { abandon (reason?: EndReason): void } | undefined
  attach (transport: Transport): void
  /** Called for each packet on the WebSocket while the session does not use it. */
  onReceived (frame: Frame, transport: Transport): void
  onSent (frame: Frame, transport: Transport): void
}

/** A transport that is probed before a session uses it. */
export interface Candidate extends Transport {
  handOver (listener: TransportListener): void
}

/** What an {@link Upgrade} is made of. */
export interface UpgradeInit {
  session: Upgrading
  /** The polls that the session uses until then. */
  polls: Pick<Polls, 'setUpgrading'>
  wheel: TimerWheel
  /** Limit for the whole attempt, ms. */
  upgradeTimeout: number
  /** Called when the session uses the WebSocket. */
  onComplete: () => void
  /** Called when the attempt has failed, or the session has ended. */
  onFailed: () => void
}

/**
 * One attempt.
 *
 *   start() ──► probing ── `2probe`: answered with `3probe`, and the parked poll with a noop ──► probed
 *   probing, probed ── `5` ──► complete: the session moves
 *   probing, probed ── another frame, upgradeTimeout, or the WebSocket closes ──► abandoned: the session stays with its polls
 *
 * Until the client sends `5`, packets in both directions use polls. After `3probe` the client waits for the end of its poll, so polls do not
 * wait long. An attempt that fails does not change the session.
 */
export class Upgrade implements TransportListener {
  readonly #init: UpgradeInit
  readonly #timer: Timer
  #candidate: Candidate | undefined

  constructor (init: UpgradeInit) {
    this.#init = init
    this.#timer = init.wheel.timer(() => this.abandon())
  }

  /** Begins the attempt. */
  start (candidate: Candidate): void {
    this.#candidate = candidate
    this.#init.session.upgrade = this
    this.#timer.start(this.#init.upgradeTimeout)
  }

  onFrame (frame: Frame): void {
    if (this.#candidate === undefined) return
    this.#init.session.onReceived(frame, this.#candidate)
    if (frame === PROBE.ping && this.#candidate.writable) { // a client that sends probes without reading would fill the buffer
      this.#init.session.onSent(PROBE.pong, this.#candidate)
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

  /** Ends the attempt: it has failed, or the session has ended for this reason. */
  abandon (reason?: EndReason): void {
    const candidate = this.#candidate
    if (candidate === undefined) return
    this.#over()
    candidate.close(undefined, reason)
    this.#init.onFailed()
  }

  onClose (): void { this.abandon() }
  onOpen (): void {}
  onIdle (): void {}
  onWritable (): void {}
  onReturned (): void {}
}
