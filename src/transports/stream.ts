// A response that stays open: the common part of htmlfile and xhr-multipart, which differ in the format of a payload.
import type { Writable } from 'node:stream'
import type { Codec, Frame } from '../codec/packet.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { Transport, TransportListener, TransportName } from '../session/transport.js'
import { HIGH_WATER_MARK } from './high-water-mark.js'

/** Limit for a client to read the end of the stream, ms. */
const CLOSE_GRACE = 1000

/** The format of a streaming transport. */
export interface StreamFormat {
  readonly contentType: string
  /** Whether the client does not notice the end of the stream. */
  readonly endsUnnoticed: boolean
  /** The first text of the stream. */
  readonly prologue: string
  /** Returns the text that carries one payload. */
  encode (payload: string): string
}

/** What a {@link StreamTransport} is given. */
export interface StreamInit {
  name: TransportName
  listener: TransportListener
  codec: Codec
  format: StreamFormat
  /** The response body. */
  stream: Writable
  /** Returns the bytes of the response that have not been handed to the operating system. */
  pending: () => number
  /** Adds a listener for the 'drain' of the response. */
  onFlushed: (listener: () => void) => void
  /** Closes the connection of the response. */
  destroy: () => void
  /** Resets the connection and discards its unsent data. */
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
    // Both buffer: the stream may be empty long before the response.
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

  /** The response has been closed, by the client or by the server. */
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
    this.#gone = true // its memory is released with the connection
    this.#open = false
    this.#init.reset()
  }
}
