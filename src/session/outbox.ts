// Frames for the client: the queue, the transport that sends them, and the limit on bytes that wait.
import type { Frame } from '../codec/packet.js'
import { Backpressure } from './backpressure.js'
import type { BackpressureShared } from './backpressure.js'
import type { Flushes } from './flushes.js'
import { OutgoingQueue } from './outgoing-queue.js'
import { NO_TRANSPORT } from './transport.js'
import type { Transport } from './transport.js'

/**
 * Bytes of the queue that a transport gets at a time. Written as JSON in JSON, they can be seven times as many, which takes some milliseconds.
 * Other clients are served between two pieces.
 */
const PIECE = 512 * 1024

/** The session. */
export interface OutboxListener {
  /** Called when all frames that had to wait have been sent, and at the end of a turn in which frames were sent without waiting. */
  onDrained (): void
  /** Called when the limit is exceeded. Ends the session. */
  giveUp (): void
  /** Called before a transport gets a frame. */
  onSent (frame: Frame, transport: Transport): void
}

/** Shared by the outboxes of all sessions of an Engine. */
export interface OutboxShared extends BackpressureShared {
  readonly flushes: Flushes
}

/** The outbox of one session. */
export class Outbox {
  readonly #queue = new OutgoingQueue()
  readonly #backpressure: Backpressure
  readonly #shared: OutboxShared
  readonly #listener: OutboxListener
  #transport: Transport = NO_TRANSPORT
  /** The previous transport, as long as it delivers: it may still return frames, which must be sent first. */
  #previous: Transport = NO_TRANSPORT
  #isCorked = false
  /** Whether frames have been sent without waiting in this turn of the event loop. */
  #hasFlushed = false

  /** @param handshakeBytes bytes of the handshake that count */
  constructor (listener: OutboxListener, shared: OutboxShared, handshakeBytes: number) {
    this.#listener = listener
    this.#shared = shared
    this.#backpressure = new Backpressure(this.#queue, shared, handshakeBytes)
  }

  get transport (): Transport { return this.#transport }
  get empty (): boolean { return this.#queue.empty }
  get bufferedAmount (): number { return this.#queue.bytes + this.#transport.bufferedAmount + this.#previous.bufferedAmount }
  /** Bytes of memory that are held for the client. */
  get kept (): number { return this.#backpressure.kept }

  /** Whether frames can be sent now. */
  get #ready (): boolean { return this.#transport.writable && !this.#isCorked && !this.#previous.delivering }

  /** Whether nothing waits, and the client holds something open. */
  get idle (): boolean { return this.#ready && this.#queue.empty && this.#transport.open }

  /** Whether all frames have been delivered, as far as transports can tell. */
  get delivered (): boolean { return this.#queue.empty && !this.#transport.delivering && !this.#previous.delivering }

  /** While corked, all frames are queued. */
  cork (isCorked: boolean): void { this.#isCorked = isCorked }

  /** Sends frames by this transport from now on. Returns the previous transport. */
  attach (transport: Transport): Transport {
    const previous = this.#transport
    this.#transport = transport
    return previous
  }

  /** Waits for the previous transport, which has been closed. As long as it delivers, no frame is sent by the current one. */
  waitFor (previous: Transport): void {
    if (previous.delivering) this.#previous = previous
    else if (!this.#previous.delivering) this.#previous = NO_TRANSPORT
  }

  /** Queues a frame, or sends it when nothing waits. */
  push (frame: Frame, volatile: boolean): void {
    if (volatile && !this.#backpressure.fits(frame, this.#transport, this.#previous)) return this.#shared.onDropped(1)
    if (this.#queue.empty && this.#ready) this.#sendNow(frame)
    else if (volatile && !this.#transport.open) return this.#shared.onDropped(1)
    else this.#queue.push(frame, volatile)
    if ((this.#queue.empty && this.#transport.writable) || this.#backpressure.hold(this.#transport, this.#previous)) return
    this.#listener.giveUp()
  }

  /** Queues the last frame of a session. No limit applies to it. */
  pushLast (frame: Frame): void { this.#queue.push(frame, false) }

  /** Whether the last frame in the queue is this one. */
  endsWith (frame: Frame): boolean { return this.#queue.last === frame }

  /** Puts frames before all others, in the order given. */
  unshift (frames: readonly Frame[]): void { this.#queue.unshift(frames) }

  #sendNow (frame: Frame): void {
    this.#listener.onSent(frame, this.#transport)
    this.#transport.send([frame])
    if (this.#hasFlushed) return
    this.#hasFlushed = true
    this.#shared.flushes.add(this)
  }

  /** Called by {@link Flushes} at the end of a turn in which frames were sent without waiting. */
  flushed (): void {
    if (this.#hasFlushed && !this.#backpressure.waits) this.#drained()
    else this.#hasFlushed = false
  }

  #drained (): void {
    this.#hasFlushed = false
    this.#listener.onDrained()
  }

  /** Sends queued frames as long as the transport is writable. */
  flush (): void {
    while (this.#ready && !this.#queue.empty) this.#sendPiece()
  }

  /** Does the same for a session that has ended: the cork and the previous transport do not count. */
  flushLast (): void {
    while (this.#transport.writable && !this.#queue.empty) this.#sendPiece()
  }

  #sendPiece (): void {
    const frames = this.#queue.take(PIECE)
    for (const frame of frames) this.#listener.onSent(frame, this.#transport)
    this.#transport.send(frames)
  }

  /** Drops all frames that wait. */
  drop (): void { this.#queue.takeAll() }

  /** Counts the bytes that are held for the client. Returns whether they are within the limits. */
  count (): boolean { return this.#backpressure.note(this.#transport, this.#previous) }

  /** Calls `onDrained` once when all frames that had to wait have been sent. */
  checkDrained (): void {
    if (this.#backpressure.checkDrained(this.#transport, this.#previous)) this.#drained()
  }

  /** Sets how many bytes the dialect holds outside the queue. Returns whether they fit. */
  keep (bytes: number): boolean { return this.#backpressure.keep(bytes, this.#transport, this.#previous) }

  /** Drops volatile frames if `slowClient` is 'drop'. */
  shed (): void { this.#backpressure.shed(this.#transport, this.#previous) }

  /** Counts again after the session has ended: only the bytes that its queue and transports still hold. */
  release (): void { this.#backpressure.release(this.#transport, this.#previous) }
}
