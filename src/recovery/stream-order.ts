// The order of the stream, which is the same on all nodes. The adapter alone sends an event of this node before it has read those of other nodes that were
// published earlier. A client that had such an event and then lost its node would miss the earlier ones, because it tells the offset of the last event that it had.
// So here an event of this node is sent when it is read from the stream, like all others (docs/recovery.md, Order).
import { BROADCAST, IGNORED } from '../private/stream-adapter.js'
import type { EventPacket, Receivers, StreamAdapter, StreamMessage } from '../private/stream-adapter.js'

/** A message is late if it has not been read so many ms after it was published. */
const PATIENCE = 5000
const FIRST_LOOK = 50
const LAST_LOOK = 3000
/** The mark of {@link StreamOrder.start}. */
const START = 0

/** Called when a message has been read from the stream; without its offset if it could not be published, or is late. */
type OnRead = (offset?: string) => void

interface Published { readonly onRead: OnRead, readonly at: number, isLate?: boolean }

const ignore = (): void => {}

/** The same receivers, on this node only. */
const onThisNode = (receivers: Receivers): Receivers => ({ ...receivers, flags: { ...receivers.flags, local: true } })

const withOffset = (packet: EventPacket, offset: string | undefined): EventPacket => offset === undefined || packet.id !== undefined ? packet : { ...packet, data: [...packet.data, offset] }

export class StreamOrder {
  readonly #adapter: StreamAdapter
  readonly #nsp: string
  readonly #broadcast: (...args: Parameters<StreamAdapter['broadcast']>) => void
  readonly #deliver: (offset: string, send: () => void) => void
  readonly #published = new Map<number, Published>()
  #lastMark = START
  #isReading = false
  #position: string | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param deliver Calls a function that sends the event with this offset. */
  constructor (adapter: StreamAdapter, nsp: string, deliver: (offset: string, send: () => void) => void) {
    this.#adapter = adapter
    this.#nsp = nsp
    this.#broadcast = adapter.broadcast.bind(adapter)
    this.#deliver = deliver
  }

  /** The offset of the last message of this namespace that has been read. */
  get position (): string | undefined {
    return this.#position
  }

  /**
   * Publishes until something has been read. The adapter begins to read at "what is new when the command arrives", and repeats this command until it has
   * read its first message. Messages between two of these commands are lost.
   */
  start (delay = FIRST_LOOK): void {
    if (this.#isReading) return
    this.publish({ mark: START }).catch(ignore)
    this.#timer = setTimeout(() => this.start(Math.min(delay * 2, LAST_LOOK)), delay).unref()
  }

  /** From now on nothing is read. */
  stop (): void {
    clearTimeout(this.#timer)
    this.#isReading = false
    for (const mark of this.#published.keys()) this.#take(mark)
  }

  /** Publishes what only nodes with this wrapper understand. Resolves with its offset. */
  async publish (data: Readonly<Record<string, unknown>>): Promise<string> {
    return await this.#publish({ type: IGNORED, data })
  }

  /** Calls back when everything that is in the stream now has been read. */
  mark (onRead: OnRead): void {
    this.#send(onRead, (mark) => ({ type: IGNORED, data: { mark } }))
  }

  /** Sends an event to its receivers on all nodes. */
  broadcast (packet: EventPacket, receivers: Receivers): void {
    if (receivers.flags?.local === true) return this.#broadcast(withOffset(packet, this.#position), receivers)
    const onRead = (offset?: string): void => {
      const send = (): void => this.#broadcast(withOffset(packet, offset), onThisNode(receivers))
      if (offset === undefined) send()
      else this.#deliver(offset, send)
    }
    // Only this node knows the callback for the acknowledgement, so no other one may send such an event, again least of all. Its place in the order is marked.
    if (packet.id !== undefined) return this.mark(onRead)
    const opts = { rooms: [...receivers.rooms], except: [...receivers.except ?? []], flags: receivers.flags }
    this.#send(onRead, (mark) => ({ type: BROADCAST, data: { packet, opts, mark } }))
  }

  /** A message of any node has been read. */
  read (message: StreamMessage, offset: string): void {
    this.#position = offset
    const mark = message.data?.mark
    if (message.uid !== this.#adapter.uid || typeof mark !== 'number') return
    if (mark !== START) return this.#take(mark, offset)
    clearTimeout(this.#timer)
    this.#isReading = true
  }

  /**
   * Gives up messages that are late, because the stream is not read, or was cut before this node had read it. They are given up at the second look: at the first
   * one after a stall of the process, what has come meanwhile is not read yet.
   */
  expire (): void {
    const now = performance.now()
    for (const [mark, published] of this.#published) {
      if (now - published.at < PATIENCE) return
      if (published.isLate === true) this.#take(mark)
      published.isLate = true
    }
  }

  #send (onRead: OnRead, message: (mark: number) => StreamMessage): void {
    const mark = ++this.#lastMark
    this.#published.set(mark, { onRead, at: performance.now() })
    this.#publish(message(mark)).then((offset) => { if (!this.#isReading) this.#take(mark, offset) }, () => this.#take(mark))
  }

  #take (mark: number, offset?: string): void {
    const published = this.#published.get(mark)
    if (published === undefined) return
    this.#published.delete(mark)
    published.onRead(offset)
  }

  async #publish (message: StreamMessage): Promise<string> {
    return await this.#adapter.doPublish({ uid: this.#adapter.uid, nsp: this.#nsp, ...message })
  }
}
