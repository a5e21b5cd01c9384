// Whether what waits for one client may, and when it has gone. Knows of the transport only what it still holds.
import type { Backlog, Share } from './backlog.js'
import type { OutgoingQueue } from './outgoing-queue.js'
import type { Transport } from './transport.js'

/** What those of an Engine's sessions share. */
export interface BackpressureShared {
  /** What all sessions keep waiting. */
  readonly backlog: Backlog
  readonly limits: {
    /** bytes */
    readonly maxQueueBytes: number
    readonly slowClient: 'close' | 'drop'
  }
  /** Called when volatile packets have been dropped. */
  readonly onDropped: (count: number) => void
}

/** What has been given to the transport, or to the one before it, and is kept because the client does not read it; bytes. */
const unread = ({ writable, bufferedAmount }: Transport, previous: Transport): number =>
  (writable ? 0 : bufferedAmount) + previous.bufferedAmount

/** One session's. */
export class Backpressure {
  readonly #queue: OutgoingQueue
  readonly #shared: BackpressureShared
  /** Most sessions never keep anything waiting. */
  #share: Share | undefined
  /** Something has had to wait, and nobody has been told that it has gone. */
  #waits = false

  constructor (queue: OutgoingQueue, shared: BackpressureShared) {
    this.#queue = queue
    this.#shared = shared
  }

  /** Something has to wait. Returns whether there is room. */
  hold (transport: Transport, previous: Transport): boolean {
    const { backlog, limits: { maxQueueBytes, slowClient }, onDropped } = this.#shared
    const queue = this.#queue
    const share = this.#share ??= backlog.share()
    const held = unread(transport, previous)
    this.#waits = true
    share.set(queue.weight + held)
    const room = Math.min(maxQueueBytes, share.most - held)
    if (queue.weight <= room) return true
    if (slowClient === 'close') return false
    onDropped(queue.dropVolatile(room))
    share.set(queue.weight + held)
    return queue.weight <= room
  }

  /** Something may have gone. Returns true once, when everything has that had to wait. */
  settle (transport: Transport, previous: Transport): boolean {
    const queue = this.#queue
    const kept = queue.weight + unread(transport, previous)
    if (kept > 0) this.#share ??= this.#shared.backlog.share()
    this.#share?.set(kept)
    const { persistent, writable, delivering } = transport
    if (!this.#waits || !queue.empty || delivering || previous.delivering || (persistent && !writable)) return false
    this.#waits = false
    return true
  }

  /** The session is over: nothing waits any more. */
  release (): void {
    this.#share?.set(0)
  }
}
