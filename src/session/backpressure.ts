// The limit on bytes that are held for one client, and the end of its backpressure ('drain').
import type { Frame } from '../codec/packet.js'
import type { QueueBudget, Share } from './queue-budget.js'
import type { OutgoingQueue } from './outgoing-queue.js'
import type { Transport } from './transport.js'

/** Shared by all sessions of an Engine. */
export interface BackpressureShared {
  /** The limit on the bytes of all sessions together. */
  readonly budget: QueueBudget
  readonly limits: {
    /** bytes */
    readonly maxQueueBytes: number
    readonly slowClient: 'close' | 'drop'
  }
  /** Called when volatile packets have been dropped. */
  readonly onDropped: (count: number) => void
}

/** Bytes of memory that the transport and the previous one hold for a client that does not read. */
const unreadOf = ({ writable, unreadBytes }: Transport, previous: Transport): number => (writable ? 0 : unreadBytes) + previous.unreadBytes

/** Bytes of an ordinary answer under way, with its packets. Up to this size, no session is ended because of its answer. */
const ORDINARY_ANSWER = 2 * 1024 * 1024

/** The backpressure of one session. */
export class Backpressure {
  readonly #queue: OutgoingQueue
  readonly #shared: BackpressureShared
  /** Made when first needed: most sessions never queue anything. */
  #share: Share | undefined
  #waits = false
  /** Bytes of the handshake that count (handshake-bytes.ts). */
  readonly #handshake: number
  /** Bytes that the dialect holds. */
  #kept = 0

  /** @param handshake bytes of the handshake that count */
  constructor (queue: OutgoingQueue, shared: BackpressureShared, handshake = 0) {
    this.#queue = queue
    this.#shared = shared
    this.#handshake = handshake
    if (handshake > 0) this.#count(0)
  }

  /** Whether a frame has had to wait since the last 'drain'. */
  get waits () { return this.#waits }

  get #beside (): number { return this.#handshake + this.#kept }

  /** All bytes that are held for the client. */
  get kept (): number { return this.#share?.kept ?? 0 }

  #ownShare (): Share {
    this.#share ??= this.#shared.budget.share()
    return this.#share
  }

  /** All bytes that are held for the client, if transports hold `unread` of them. */
  #sum (unread: number): number { return this.#queue.weight + unread + this.#beside }

  #count (unread: number): Share {
    const share = this.#ownShare()
    share.set(this.#sum(unread))
    return share
  }

  /** Sets how many bytes the dialect holds outside the queue. Returns whether they fit; if not, the former number stays. */
  keep (bytes: number, transport: Transport, previous: Transport): boolean {
    const before = this.#kept
    const unread = unreadOf(transport, previous)
    this.#kept = bytes
    if (bytes > before) {
      const fits = this.#claim(this.#beside, unread)
      if (!fits) this.#kept = before
      return fits
    }
    this.#count(unread)
    return true
  }

  /**
   * Returns whether there is room for a volatile frame; always true unless `slowClient` is 'drop'. It is checked before the frame is sent, because a
   * frame that a transport has cannot be dropped any more. The answer to a poll takes three times its size: as frames, as text and as it is written.
   */
  fits (frame: Frame, transport: Transport, previous: Transport): boolean {
    if (this.#shared.limits.slowClient !== 'drop') return true
    const taken = Buffer.byteLength(frame) * (transport.persistent ? 1 : 3)
    return taken + transport.unreadBytes + previous.unreadBytes + this.#queue.weight + this.#beside <= this.#ownShare().limit
  }

  /** Counts a frame that has been queued. Drops volatile frames if `slowClient` is 'drop'. Returns whether there is room. */
  hold (transport: Transport, previous: Transport): boolean {
    const { limits: { maxQueueBytes, slowClient }, onDropped } = this.#shared
    const queue = this.#queue
    const unread = unreadOf(transport, previous)
    this.#waits = true
    if (slowClient === 'drop') { // volatile frames are dropped before a session is ended
      const room = Math.min(maxQueueBytes, this.#count(unread).limit - unread - this.#beside)
      if (queue.weight > room) onDropped(queue.dropVolatile(room))
      if (queue.hasVolatile) this.#ownShare().maySpare()
    }
    return this.#claim(queue.weight, unread)
  }

  /** Drops volatile frames if `slowClient` is 'drop'. */
  shed (transport: Transport, previous: Transport): void {
    const { limits: { slowClient }, onDropped } = this.#shared
    if (slowClient !== 'drop' || !this.#queue.hasVolatile) return
    onDropped(this.#queue.dropVolatile(0))
    this.#count(unreadOf(transport, previous))
  }

  /** Counts again if `bytes` is within `maxQueueBytes`, and all bytes of the client fit into the budget. Returns whether they do. */
  #claim (bytes: number, unread: number): boolean {
    if (bytes > this.#shared.limits.maxQueueBytes || !this.#ownShare().claim(this.#sum(unread))) return false
    this.#count(unread) // the claim may have dropped frames of this session too
    return true
  }

  /** Returns true once when all frames that had to wait have been sent. Call after {@link note}. */
  checkDrained (transport: Transport, previous: Transport): boolean {
    const { persistent, writable, delivering } = transport
    if (!this.#waits || !this.#queue.empty || delivering || previous.delivering || (persistent && !writable)) return false
    this.#waits = false
    return true
  }

  /**
   * Counts the bytes of the queue and of the transports again: an answer written as JSON may be six times as large as its frames in the queue.
   * Returns whether they are within the budget. An ordinary answer is always allowed.
   */
  note (transport: Transport, previous: Transport): boolean {
    const unread = unreadOf(transport, previous)
    if (unread === 0 && this.#share === undefined) return true
    if (unread > ORDINARY_ANSWER) return this.#ownShare().claim(this.#sum(unread))
    this.#count(unread)
    return true
  }

  /** Counts again after the session has ended: only the bytes that its queue and transports still hold. */
  release (transport: Transport, previous: Transport): void {
    const unread = unreadOf(transport, previous)
    if (unread > 0) this.#share ??= this.#shared.budget.share()
    this.#share?.set(this.#queue.weight + unread)
  }
}
