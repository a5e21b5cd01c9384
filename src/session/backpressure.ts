// Whether what waits for one client may, and when it has gone. Knows of the transport only what it still holds.
import type { Frame } from '../codec/packet.js'
import type { QueueBudget, Share } from './queue-budget.js'
import type { OutgoingQueue } from './outgoing-queue.js'
import type { Transport } from './transport.js'

/** What those of an Engine's sessions share. */
export interface BackpressureShared {
  /** What all sessions keep waiting. */
  readonly budget: QueueBudget
  readonly limits: {
    /** bytes */
    readonly maxQueueBytes: number
    readonly slowClient: 'close' | 'drop'
  }
  /** Called when volatile packets have been dropped. */
  readonly onDropped: (count: number) => void
}

/** What has been given to the transport, or to the one before it, and is kept because the client does not read it; bytes. */
const unreadOf = ({ writable, unreadBytes }: Transport, previous: Transport): number => (writable ? 0 : unreadBytes) + previous.unreadBytes

/** What an ordinary answer and its packets take, at most, while they are under way: nobody is given up for that. Bytes. */
const ORDINARY_ANSWER = 2 * 1024 * 1024

/** One session's. */
export class Backpressure {
  readonly #queue: OutgoingQueue
  readonly #shared: BackpressureShared
  /** Most sessions never keep anything waiting. */
  #share: Share | undefined
  #waits = false
  /** What is held beside the queue: of the handshake, and for the dialect; bytes. */
  readonly #handshake: number
  #kept = 0

  /** @param handshake what the session keeps of its handshake, as far as that counts; bytes */
  constructor (queue: OutgoingQueue, shared: BackpressureShared, handshake = 0) {
    this.#queue = queue
    this.#shared = shared
    this.#handshake = handshake
    if (handshake > 0) this.#count(0)
  }

  /** Whether something has had to wait, and nobody has been told that it has gone. */
  get waits () { return this.#waits }

  get #beside (): number { return this.#handshake + this.#kept }

  /** What is held for the client in all, bytes. */
  get kept (): number { return this.#share?.kept ?? 0 }

  #part (): Share {
    this.#share ??= this.#shared.budget.share()
    return this.#share
  }

  /** What is held in all, with so many bytes by the transports. */
  #sum (unread: number): number { return this.#queue.weight + unread + this.#beside }

  #count (unread: number): Share {
    const share = this.#part()
    share.set(this.#sum(unread))
    return share
  }

  /** So many bytes are held beside the queue. Returns whether there is room; where there is none, they do not count. */
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
   * Whether there is room for a volatile frame, as far as that is what the application wants to know: what a transport has been given cannot be
   * dropped any more. A poll's answer is held as frames, as text and as it is written.
   */
  fits (frame: Frame, transport: Transport, previous: Transport): boolean {
    if (this.#shared.limits.slowClient !== 'drop') return true
    const taken = Buffer.byteLength(frame) * (transport.persistent ? 1 : 3)
    return taken + transport.unreadBytes + previous.unreadBytes + this.#queue.weight + this.#beside <= this.#part().limit
  }

  /** Something has to wait. Returns whether there is room. */
  hold (transport: Transport, previous: Transport): boolean {
    const { limits: { maxQueueBytes, slowClient }, onDropped } = this.#shared
    const queue = this.#queue
    const unread = unreadOf(transport, previous)
    this.#waits = true
    if (slowClient === 'drop') { // what is volatile goes before anybody does
      const room = Math.min(maxQueueBytes, this.#count(unread).limit - unread - this.#beside)
      if (queue.weight > room) onDropped(queue.dropVolatile(room))
      if (queue.hasVolatile) this.#part().maySpare()
    }
    return this.#claim(queue.weight, unread)
  }

  /** Drops what is volatile, if that is what the application wants. */
  shed (transport: Transport, previous: Transport): void {
    const { limits: { slowClient }, onDropped } = this.#shared
    if (slowClient !== 'drop' || !this.#queue.hasVolatile) return
    onDropped(this.#queue.dropVolatile(0))
    this.#count(unreadOf(transport, previous))
  }

  /** Counts anew, if so many bytes of it are within the bound of one session, and the whole within that of all. Returns whether they are. */
  #claim (bytes: number, unread: number): boolean {
    if (bytes > this.#shared.limits.maxQueueBytes || !this.#part().claim(this.#sum(unread))) return false
    this.#count(unread) // it may have let go of something for it
    return true
  }

  /** Something may have gone, which {@link note} has counted. Returns true once, when everything has that had to wait. */
  checkDrained (transport: Transport, previous: Transport): boolean {
    const { persistent, writable, delivering } = transport
    if (!this.#waits || !this.#queue.empty || delivering || previous.delivering || (persistent && !writable)) return false
    this.#waits = false
    return true
  }

  /**
   * Counts what waits, and what the transports hold, anew: written as JSON, it may be six times what it was in the queue. Returns whether that is no
   * more than may be; an ordinary answer may be in any case.
   */
  note (transport: Transport, previous: Transport): boolean {
    const unread = unreadOf(transport, previous)
    if (unread === 0 && this.#share === undefined) return true
    if (unread > ORDINARY_ANSWER) return this.#part().claim(this.#sum(unread))
    this.#count(unread)
    return true
  }

  /** The session is over: nothing is held any more but what its transports still deliver. */
  release (transport: Transport, previous: Transport): void {
    const unread = unreadOf(transport, previous)
    if (unread > 0) this.#share ??= this.#shared.budget.share()
    this.#share?.set(this.#queue.weight + unread)
  }
}
