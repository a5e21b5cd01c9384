// A response that never ends: what htmlfile and xhr-multipart share. They differ in how a payload is written.
import type { Writable } from 'node:stream'
import type { Codec, Frame } from '../codec/packet.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { Transport, TransportListener, TransportName } from '../session/transport.js'
import { HIGH_WATER_MARK } from './high-water-mark.js'

/** How long a reader may take to read the end, ms. */
const CLOSE_GRACE = 1000

/** How a streaming transport writes. */
export interface StreamFormat {
  readonly contentType: string
  /** Whether the client does not see the stream end. */
  readonly endsUnnoticed: boolean
  /** What opens the stream. */
  readonly prologue: string
  /** What carries one payload. */
  encode (payload: string): string
}

/** What a {@link StreamTransport} is made of. */
export interface StreamInit {
  name: TransportName
  listener: TransportListener
  codec: Codec
  format: StreamFormat
  /** The response body. */
  stream: Writable
  /** Bytes of the response that the operating system has not taken yet. */
  pending: () => number
  /** Calls back each time that there are none any more, where there were many. */
  onFlushed: (listener: () => void) => void
  /** Breaks the connection that carries it. */
  destroy: () => void
  /** The same, with everything that is on its way. */
  reset: () => void
  wheel: TimerWheel
}

/**
 * One response that stays open.
 *
 *   open ── send() beyond the high-water mark ──► full ── drained ──► open
 *   open, full ── close() ──► ending ── gone() ──► gone
 *   open, full ── gone(): the client has closed it ──► gone
 */
export class StreamTransport implements Transport {
  readonly name: TransportName
  readonly persistent = true
  readonly delivering = false
  readonly incoming = 'posts'
  readonly polls = undefined
  readonly connection = undefined
  readonly endsUnnoticed: boolean
  readonly #init: StreamInit
  readonly #grace: Timer
  #open = true
  #gone = false
  #full = false

  constructor (init: StreamInit) {
    this.name = init.name
    this.endsUnnoticed = init.format.endsUnnoticed
    this.#init = init
    this.#grace = init.wheel.timer(init.destroy)
    // The first may be empty long before the second: it hands all on at once.
    init.stream.on('drain', this.#onFlushed)
    init.onFlushed(this.#onFlushed)
    init.stream.write(init.format.prologue)
  }

  get open () { return this.#open }
  get writable () { return this.#open && !this.#full }
  get bufferedAmount () { return this.#gone ? 0 : this.#init.pending() }
  get unreadBytes () { return this.bufferedAmount }

  send (frames: Frame[]): void {
    const { stream, format, codec, pending } = this.#init
    stream.write(format.encode(codec.encodePayload(frames)))
    this.#full = pending() > HIGH_WATER_MARK
  }

  readonly #onFlushed = (): void => {
    const { pending, listener } = this.#init
    if (!this.#full || pending() > HIGH_WATER_MARK) return
    this.#full = false
    if (this.#open) listener.onWritable()
  }

  /** The response is over, whoever ended it. */
  gone (): void {
    this.#grace.stop()
    this.#gone = true
    if (!this.#open) return this.#init.listener.onWritable()
    this.#open = false
    this.#init.listener.onClose('connection closed')
  }

  close (farewell?: Frame): void {
    if (!this.#open) return
    if (farewell !== undefined) this.send([farewell])
    this.#open = false
    this.#grace.start(CLOSE_GRACE)
    this.#init.stream.end()
  }

  destroy (): void {
    this.#gone = true // what it held goes with its connection
    this.#open = false
    this.#init.reset()
  }
}
