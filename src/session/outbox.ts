// The way of frames to the client: the queue, the transport that empties it, and the limit on what may wait.
import type { Frame } from '../codec/packet.js'
import { Backpressure } from './backpressure.js'
import type { BackpressureShared } from './backpressure.js'
import type { Flushes } from './flushes.js'
import { OutgoingQueue } from './outgoing-queue.js'
import { NO_TRANSPORT } from './transport.js'
import type { Transport } from './transport.js'

/**
 * How much of the queue a transport is handed at a time, bytes. Written as JSON in JSON, it can be seven times as much, which takes some
 * milliseconds. Other clients are served between two times.
 */
const PIECE = 512 * 1024

/** Whose frames they are. */
export interface OutboxListener {
  /** Everything that had to wait has gone, or frames have gone at once in the turn that is over. */
  onDrained (): void
  /** More waits than may wait. */
  giveUp (): void
}

/** What the outboxes of all sessions of an Engine share. */
export interface OutboxShared extends BackpressureShared {
  readonly flushes: Flushes
}

/** One session's. */
export class Outbox {
  readonly #queue = new OutgoingQueue()
  readonly #backpressure: Backpressure
  readonly #shared: OutboxShared
  readonly #listener: OutboxListener
  #transport: Transport = NO_TRANSPORT
  /** The transport before this one as long as it delivers: it may still return frames, which go first. */
  #previous: Transport = NO_TRANSPORT
  #isCorked = false
  /** Frames have gone at once in this turn of the event loop. */
  #hasFlushed = false

  /** @param handshakeBytes what the session keeps of its handshake, as far as that counts; bytes */
  constructor (listener: OutboxListener, shared: OutboxShared, handshakeBytes: number) {
    this.#listener = listener
    this.#shared = shared
    this.#backpressure = new Backpressure(this.#queue, shared, handshakeBytes)
  }

  get transport (): Transport { return this.#transport }
  get empty (): boolean { return this.#queue.empty }
  get bufferedAmount (): number { return this.#queue.bytes + this.#transport.bufferedAmount + this.#previous.bufferedAmount }
  /** What is held for the client, bytes of memory. */
  get kept (): number { return this.#backpressure.kept }

  /** Whether frames may leave now. */
  get #ready (): boolean { return this.#transport.writable && !this.#isCorked && !this.#previous.delivering }

  /** Whether nothing waits, and the client holds something open. */
  get idle (): boolean { return this.#ready && this.#queue.empty && this.#transport.open }

  /** Whether all frames have been delivered, as far as transports can tell. */
  get delivered (): boolean { return this.#queue.empty && !this.#transport.delivering && !this.#previous.delivering }

  /** Frames wait as long as it is corked. */
  cork (isCorked: boolean): void { this.#isCorked = isCorked }

  /** Frames leave by this transport from now on. Returns the one before it. */
  attach (transport: Transport): Transport {
    const previous = this.#transport
    this.#transport = transport
    return previous
  }

  /** The transport before the current one has been closed. As long as it delivers, no frame leaves by the new one. */
  waitFor (previous: Transport): void {
    if (previous.delivering) this.#previous = previous
    else if (!this.#previous.delivering) this.#previous = NO_TRANSPORT
  }

  /** Queues a frame, or sends it when nothing is before it. */
  push (frame: Frame, volatile: boolean): void {
    if (volatile && !this.#backpressure.fits(frame, this.#transport, this.#previous)) return this.#shared.onDropped(1)
    if (this.#queue.empty && this.#ready) this.#sendNow(frame)
    else if (volatile && !this.#transport.open) return this.#shared.onDropped(1)
    else this.#queue.push(frame, volatile)
    if ((this.#queue.empty && this.#transport.writable) || this.#backpressure.hold(this.#transport, this.#previous)) return
    this.#listener.giveUp()
  }

  /** Queues a frame without a limit: the last one of a session. */
  pushLast (frame: Frame): void { this.#queue.push(frame, false) }

  /** Whether such a frame is the last that waits. */
  endsWith (frame: Frame): boolean { return this.#queue.last === frame }

  /** Puts frames before all others, in the order given. */
  unshift (frames: readonly Frame[]): void { this.#queue.unshift(frames) }

  #sendNow (frame: Frame): void {
    this.#transport.send([frame])
    if (this.#hasFlushed) return
    this.#hasFlushed = true
    this.#shared.flushes.add(this)
  }

  /** For {@link Flushes}: the turn is over in which frames have gone at once. */
  flushed (): void {
    if (this.#hasFlushed && !this.#backpressure.waits) this.#drained()
    else this.#hasFlushed = false
  }

  #drained (): void {
    this.#hasFlushed = false
    this.#listener.onDrained()
  }

  /** Sends as much as may leave now. */
  flush (): void {
    while (this.#ready && !this.#queue.empty) this.#transport.send(this.#queue.take(PIECE))
  }

  /** The same for a session that is over: nothing is corked any more. */
  flushLast (): void {
    while (this.#transport.writable && !this.#queue.empty) this.#transport.send(this.#queue.take(PIECE))
  }

  /** Drops all frames that wait. */
  drop (): void { this.#queue.takeAll() }

  /** Counts what is held for the client. Returns whether that may be held. */
  count (): boolean { return this.#backpressure.note(this.#transport, this.#previous) }

  /** Reports once when everything has gone that had to wait. */
  checkDrained (): void {
    if (this.#backpressure.checkDrained(this.#transport, this.#previous)) this.#drained()
  }

  /** So many bytes are held beside the queue. Returns whether there is room for them. */
  keep (bytes: number): boolean { return this.#backpressure.keep(bytes, this.#transport, this.#previous) }

  /** Drops volatile frames, if that is what the application wants. */
  shed (): void { this.#backpressure.shed(this.#transport, this.#previous) }

  /** The session is over: what its transports still deliver is held, and nothing else. */
  release (): void { this.#backpressure.release(this.#transport, this.#previous) }
}
