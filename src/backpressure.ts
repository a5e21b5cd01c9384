// Whether what waits for one client may, and when it has gone. Knows of the transport only what it still holds.
import type { Backlog, Share } from './backlog.js'
import type { OutgoingQueue } from './outgoing-queue.js'
import type { Transport } from './transport.js'

/** What a {@link Backpressure} is made of. */
export interface BackpressureInit {
  readonly queue: OutgoingQueue
  /** What all sessions keep waiting. */
  readonly backlog: Backlog
  /** bytes */
  readonly maxQueueBytes: number
  readonly slowClient: 'close' | 'drop'
  /** Called when volatile packets have been dropped. */
  readonly onDropped: (count: number) => void
}

/** What has been given to the transport, or to the one before it, and is kept because the client does not read it; bytes. */
const unread = ({ writable, bufferedAmount }: Transport, previous: Transport): number =>
  (writable ? 0 : bufferedAmount) + previous.bufferedAmount

/** One session's. */
export class Backpressure {
  readonly #init: BackpressureInit
  readonly #share: Share
  /** Something has had to wait, and nobody has been told that it has gone. */
  #waits = false

  constructor (init: BackpressureInit) {
    this.#init = init
    this.#share = init.backlog.share()
  }

  /** Something has to wait. Returns whether there is room. */
  hold (transport: Transport, previous: Transport): boolean {
    const { queue, maxQueueBytes, slowClient, onDropped } = this.#init
    const held = unread(transport, previous)
    this.#waits = true
    this.#share.set(queue.weight + held)
    const room = Math.min(maxQueueBytes, this.#share.most - held)
    if (queue.weight <= room) return true
    if (slowClient === 'close') return false
    onDropped(queue.dropVolatile(room))
    this.#share.set(queue.weight + held)
    return queue.weight <= room
  }

  /** Something may have gone. Returns true once, when everything has that had to wait. */
  settle (transport: Transport, previous: Transport): boolean {
    const { queue } = this.#init
    this.#share.set(queue.weight + unread(transport, previous))
    const { persistent, writable, delivering } = transport
    if (!this.#waits || !queue.empty || delivering || previous.delivering || (persistent && !writable)) return false
    this.#waits = false
    return true
  }

  /** The session is over: nothing waits any more. */
  release (): void {
    this.#share.set(0)
  }
}
