// Long polling: one GET at a time is held open and answered when there is a packet. The transport
// outlives its GETs. It does not depend on how the client polls (XHR, script); of HTTP it knows only that a response can break.
import type { Frame, PayloadCodec } from '../codec/packet.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { Poll, Polls, Transport, TransportListener, TransportName } from '../session/transport.js'
import type { AnswerSchedule } from '../time/answer-schedule.js'
import { HIGH_WATER_MARK } from './high-water-mark.js'

/** Limit for a client to read the last answer of its session, ms. */
const CLOSE_GRACE = 1000
/** How long a poll waits while the client upgrades to a WebSocket, ms. */
const UPGRADE_POLL = 100

/** The value of `#gathered` when no frame waits. Shared, so never changed. */
const NO_FRAMES: Frame[] = []

/** What a {@link PollingTransport} is given. */
export interface PollingInit {
  name: TransportName
  listener: TransportListener
  codec: PayloadCodec
  wheel: TimerWheel
  /** How long a poll waits for a packet, ms; undefined: without a limit. */
  pollingDuration: number | undefined
  /** The packet that answers a poll when no other packet waits. */
  noop: Frame
  /** Whether a broken poll ends the session. */
  breaksSession: boolean
  /** Collects frames for an answer. Undefined: the first frames are the answer, as in the old server (docs/revision-1.md, Transports). */
  answers: Pick<AnswerSchedule, 'collect'> | undefined
}

/**
 * The polls of one session under one transport name.
 *
 *   no poll ── accept() ──► parked ── send() ──► gathering ── flush ──► in flight ── responseEnded(whole) ──► no poll
 *                           │   ▲                    │                      │
 *                           │   └── it breaks: frames are returned ◄────────┴── responseEnded(broken)
 *                           └── pollingDuration is over: answered with a noop ──► no poll
 *
 * A poll may be parked while an answer is in flight: the client asks again before the end of that answer is known. `close()` answers the parked poll
 * with the farewell, and every later one with a noop.
 */
export class PollingTransport implements Transport, Polls {
  readonly name: TransportName
  readonly persistent = false
  readonly endsUnnoticed = false
  readonly incoming = 'posts'
  readonly connection = undefined
  readonly codec: PayloadCodec
  readonly #init: PollingInit
  /** Timers are created when they are needed: there are very many transports. */
  #timer: Timer | undefined
  #grace: Timer | undefined
  #parked: Poll | undefined
  /** An answer that has not yet been handed over whole to the operating system. */
  #inFlight: { poll: Poll, frames: Frame[], bytes: number, answerBytes: number } | undefined
  /** Frames that will answer the parked poll at the end of this turn. */
  #gathered = NO_FRAMES
  #gatheredBytes = 0
  #closed = false
  #answered = false
  #isUpgrading = false

  constructor (init: PollingInit) {
    this.name = init.name
    this.codec = init.codec
    this.#init = init
  }

  get polls () { return this }
  get #noop (): string | Buffer { return this.codec.encodePayload([this.#init.noop]) }
  /** Whether a poll is parked and no frame is gathered for it: another GET would then be a second poll at the same time. */
  get open () { return this.#parked !== undefined && this.#gathered.length === 0 }
  get writable () { return this.#parked !== undefined && this.#inFlight === undefined && this.#gatheredBytes <= HIGH_WATER_MARK }
  get delivering () { return this.#inFlight !== undefined || this.#gathered.length > 0 }
  get bufferedAmount () { return this.#inFlight === undefined ? this.#gatheredBytes : this.#inFlight.bytes }
  /** Frames are kept until they are delivered, because they may be returned. The answer is kept as text and as it is written. */
  get unreadBytes () { return this.bufferedAmount + (this.#inFlight?.answerBytes ?? 0) * 2 }

  /** Parks a GET. An older GET that still waits is answered with a noop. */
  accept (poll: Poll): void {
    if (this.#closed) {
      poll.send(this.#noop, true)
      return
    }
    this.#parked?.send(this.#noop)
    this.#parked = poll
    const duration = this.#isUpgrading ? UPGRADE_POLL : this.#init.pollingDuration
    if (duration !== undefined) {
      this.#timer ??= this.#init.wheel.timer(PollingTransport.#runOut, this)
      this.#timer.start(duration)
    }
    this.#init.listener.onOpen()
    if (this.#inFlight === undefined) this.#init.listener.onWritable()
    else this.#breakUnread(this.#inFlight.poll)
  }

  /**
   * Aborts an answer whose client polls again. The client has either read the whole answer, so that 'finish' is emitted within one turn of the event loop, or
   * given it up. After that turn, an answer that was not handed over whole cannot have been read whole. Its packets go into the new poll, and none is sent
   * twice.
   */
  #breakUnread (poll: Poll): void {
    setImmediate(() => { if (this.#inFlight?.poll === poll) poll.destroy() })
  }

  /** Sets whether the client is upgrading. A parked poll is then answered at once, and later polls after 100 ms: the client ends its poll before it upgrades. */
  setUpgrading (upgrading: boolean): void {
    this.#isUpgrading = upgrading
    if (upgrading && this.#parked !== undefined) this.#answerNothing()
  }

  release (poll: Poll): void { if (poll === this.#parked) this.#answerNothing() }

  send (frames: Frame[]): void {
    for (const frame of frames) this.#gatheredBytes += Buffer.byteLength(frame)
    if (this.#gathered.length > 0) {
      for (const frame of frames) this.#gathered.push(frame)
      return
    }
    this.#gathered = frames
    const { answers } = this.#init
    if (answers === undefined) this.#flush()
    else answers.collect(() => this.#flush(), !this.#answered)
  }

  #flush (): void {
    const poll = this.#parked
    const frames = this.#gathered
    if (poll === undefined || frames.length === 0) return // it has broken, or was answered in between
    const inFlight = this.#inFlight = { poll, frames, bytes: this.#gatheredBytes, answerBytes: 0 }
    this.#gathered = NO_FRAMES
    this.#gatheredBytes = 0
    this.#answer(this.codec.encodePayload(frames), inFlight)
  }

  static readonly #runOut = (transport: PollingTransport): void => transport.#answerNothing()

  #answerNothing (): void {
    if (this.#gathered.length > 0) this.#flush()
    else this.#answer(this.#noop)
  }

  #answer (payload: string | Buffer, inFlight = { answerBytes: 0 }): void {
    const poll = this.#parked
    this.#answered = true
    this.#parked = undefined
    this.#timer?.stop()
    inFlight.answerBytes = poll?.send(payload, this.#closed) ?? 0
    if (!this.#closed) this.#init.listener.onIdle()
  }

  /** A GET is over: its response was handed over whole, or it broke before. */
  responseEnded (poll: Poll, whole: boolean): void {
    if (poll === this.#parked) {
      this.#parked = undefined
      this.#timer?.stop()
      const gathered = this.#gathered
      this.#gathered = NO_FRAMES
      this.#gatheredBytes = 0
      if (gathered.length > 0) this.#init.listener.onReturned(gathered)
      if (!this.#closed) this.#lost()
    }
    if (poll !== this.#inFlight?.poll) return
    const { frames } = this.#inFlight
    this.#inFlight = undefined
    this.#grace?.stop()
    if (!whole) {
      this.#init.listener.onReturned(frames)
      if (!this.#closed && this.#init.breaksSession) this.#lost()
    }
    this.#init.listener.onWritable()
  }

  #lost (): void {
    const { listener, breaksSession } = this.#init
    if (breaksSession) listener.onClose('connection broken', new Error('the connection of a poll broke'))
    else listener.onIdle()
  }

  close (farewell?: Frame): void {
    if (this.#closed) return
    this.#flush() // this answer is the last one: a farewell would need another poll
    this.#closed = true
    if (this.#inFlight !== undefined) {
      this.#grace = this.#init.wheel.timer(() => this.destroy())
      this.#grace.start(CLOSE_GRACE)
    }
    this.#answer(this.codec.encodePayload([farewell ?? this.#init.noop]))
  }

  destroy (): void {
    if (this.#inFlight === undefined) return
    this.#inFlight.answerBytes = 0 // its memory is released with the connection; the frames may be returned
    this.#inFlight.poll.destroy()
  }
}
