// A WebSocket or stream that is open on another node, where it has arrived. What it sends and what the client sends cross the link between the nodes.
import type { HeldStream, StreamOwner } from '../../types/cluster.js'
import type { Frame } from '../codec/packet.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { EndReason, Transport, TransportListener, TransportName } from '../session/transport.js'
import { HIGH_WATER_MARK } from './high-water-mark.js'

/** What a {@link CarriedTransport} is given. */
export interface CarriedInit {
  name: TransportName
  /** Whether it is a WebSocket, on which the client sends too. */
  isWebSocket: boolean
  endsUnnoticed: boolean
  listener: TransportListener
  stream: HeldStream
  wheel: TimerWheel
  /** Limit for the end of the stream to be reported after it has been closed, ms. */
  farewellTimeout: number
}

/**
 * The half of a carried stream that the session uses.
 *
 *   open ── send() beyond the high-water mark ──► full ── sent() ──► open
 *   open, full ── close() ──► closed: frames of the client are still delivered ── closed(), or farewellTimeout ──► gone
 *   open, full ── closed(): the client has closed it, it broke, or the link did ──► gone
 */
export class CarriedTransport implements Transport, StreamOwner {
  readonly name: TransportName
  readonly persistent = true
  readonly delivering = false
  readonly polls = undefined
  readonly connection = undefined
  readonly endsUnnoticed: boolean
  readonly #isWebSocket: boolean
  readonly #stream: HeldStream
  readonly #grace: Timer
  readonly #farewellTimeout: number
  #listener: TransportListener
  /** Bytes that have not been handed to the operating system of the other node. */
  #unsent = 0
  #isFull = false
  #isClosed = false
  #isGone = false

  constructor ({ name, isWebSocket, endsUnnoticed, listener, stream, wheel, farewellTimeout }: CarriedInit) {
    this.name = name
    this.endsUnnoticed = endsUnnoticed
    this.#isWebSocket = isWebSocket
    this.#listener = listener
    this.#stream = stream
    this.#grace = wheel.timer(() => this.destroy())
    this.#farewellTimeout = farewellTimeout
  }

  get open () { return !this.#isClosed }
  get writable () { return this.open && !this.#isFull }
  get bufferedAmount () { return this.#isGone ? 0 : this.#unsent }
  get unreadBytes () { return this.bufferedAmount }
  get incoming () { return this.#isWebSocket ? (this.#isGone ? 'over' : 'here') : 'posts' }

  /** Replaces the listener. */
  handOver (listener: TransportListener): void {
    this.#listener = listener
  }

  send (frames: Frame[]): void {
    for (const frame of frames) this.#unsent += Buffer.byteLength(frame)
    this.#isFull = this.#unsent > HIGH_WATER_MARK
    this.#stream.send(frames)
  }

  close (farewell?: Frame, reason?: EndReason): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (farewell !== undefined) this.#unsent += Buffer.byteLength(farewell)
    this.#grace.start(this.#farewellTimeout)
    this.#stream.close(farewell, reason)
  }

  destroy (): void {
    const { open } = this
    this.#isClosed = true
    this.#stream.destroy()
    this.#end()
    if (!open) this.#listener.onWritable()
  }

  #end (): void {
    this.#isGone = true
    this.#grace.stop()
  }

  // ---- reports of the other node

  frame (frame: Frame): void {
    if (this.#isGone) return
    const bytes = Buffer.byteLength(frame)
    this.#listener.onFrame(frame, bytes)
    this.#stream.delivered(bytes)
  }

  sent (bytes: number): void {
    this.#unsent = Math.max(this.#unsent - bytes, 0)
    if (!this.#isFull || this.#unsent > HIGH_WATER_MARK) return
    this.#isFull = false
    if (!this.#isClosed) this.#listener.onWritable()
  }

  closed (reason: EndReason, cause?: string): void {
    if (this.#isGone) return
    this.#end()
    if (this.#isClosed) return this.#listener.onWritable()
    this.#isClosed = true
    this.#listener.onClose(reason, cause === undefined ? undefined : new Error(cause))
  }
}
