// Records on their way out of a link: collected until the end of the turn, cut into messages, and kept while the other side does not read.
import { encode, PIECE } from './encode.js'
import type { Encoded } from './encode.js'
import { lengthOf, MAX_MESSAGE, pieceOf } from './messages.js'
import type { LinkRecord } from './records.js'

/** Bytes that the connection may have taken and not written yet. Above that, records wait here, where streams take turns. */
const FULL = 256 * 1024

/** Bytes of long records that may be under way at a time. The other side holds them until they are complete, up to a limit that is twice as high. */
const MAX_LONG = 128 * 1024 * 1024

export interface OutgoingInit {
  /** Writes one message to the connection. `written` is called once, when it has been handed to the operating system or lost. */
  readonly write: (message: Buffer, written: () => void) => void
  /** Counts bytes that wait. Returns whether they fit. */
  readonly hold: (bytes: number) => boolean
}

/** A record of more than one piece, of which some have been written, and the records of its stream behind it. */
interface Lane { readonly record: Encoded, at: number, readonly behind: Encoded[] }

/**
 * Records leave in the order in which they were sent, with one exception: a record of more than 64 KiB leaves piece by piece, and records of other streams
 * may overtake it. Records of its own stream wait behind it.
 */
export class Outgoing {
  readonly #init: OutgoingInit
  /** Records that have not been looked at yet. */
  #queue: Encoded[] = []
  /** The streams with a long record under way. */
  readonly #lanes = new Map<number, Lane>()
  /** Bytes of the long records under way. */
  #long = 0
  /** Pieces of the message that is being made. */
  #pieces: Buffer[] = []
  #size = 0
  /** Bytes that the connection has taken and not written yet. */
  #underWay = 0
  #waiting = 0
  #isScheduled = false
  #isClosed = false

  constructor (init: OutgoingInit) {
    this.#init = init
  }

  /** Bytes that have not been handed to the operating system. */
  get waiting (): number { return this.#waiting }

  /** Sends a record. */
  send (record: LinkRecord): void {
    if (this.#isClosed) return
    const encoded = encode(record)
    this.#count(lengthOf(encoded))
    this.#push(encoded)
  }

  /** Sends a record if there is room for it. Returns whether there was. */
  offer (record: LinkRecord): boolean {
    if (this.#isClosed) return false
    const encoded = encode(record)
    const length = lengthOf(encoded)
    const fits = this.#count(length) && length <= MAX_LONG
    if (fits) this.#push(encoded)
    else this.#count(-length)
    return fits
  }

  /** Writes everything now, also when the connection is full: it closes afterwards. */
  flush (): void { this.#flush(Infinity) }

  /** Drops everything. */
  close (): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#queue = []
    this.#lanes.clear()
    this.#count(-this.#waiting)
  }

  #count (bytes: number): boolean {
    this.#waiting += bytes
    return this.#init.hold(bytes)
  }

  #push (record: Encoded): void {
    this.#queue.push(record)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(this.#endOfTurn)
  }

  readonly #endOfTurn = (): void => {
    this.#isScheduled = false
    this.#flush()
  }

  /** Writes until the connection is full: a piece of a long record and a message of short ones in turn, so that neither waits for all of the others. */
  #flush (full = FULL): void {
    while (!this.#isClosed && this.#underWay < full && (this.#lanes.size > 0 || this.#queue.length > 0)) {
      this.#continueNext()
      this.#takeShort()
      this.#writeMessage()
    }
  }

  /** Takes the first records of the queue, as many as a message has room for. */
  #takeShort (): void {
    const queue = this.#queue
    let done = 0
    for (let bytes = 0; done < queue.length && bytes < PIECE; done++) {
      const record = queue[done]
      if (record === undefined || !this.#mayBegin(record)) break
      bytes += this.#take(record)
    }
    this.#queue = done === queue.length ? [] : queue.slice(done)
  }

  /** Whether the other side has room for a record. */
  #mayBegin ({ bytes }: Encoded): boolean { return bytes.length <= MAX_MESSAGE || this.#lanes.size === 0 || this.#long + bytes.length <= MAX_LONG }

  /** Writes a record, or its first piece. Returns how many bytes it has written. */
  #take (record: Encoded): number {
    const lane = this.#lanes.get(record.stream)
    if (lane !== undefined) {
      lane.behind.push(record)
      return 0
    }
    const { bytes, isLast } = pieceOf(record, 0)
    this.#add(bytes)
    if (!isLast) {
      this.#lanes.set(record.stream, { record, at: PIECE, behind: [] })
      this.#long += record.bytes.length
    }
    return bytes.length
  }

  /** Writes the next piece of the long record that has waited longest, and what waits behind it if it was the last one. */
  #continueNext (): void {
    const { value: next } = this.#lanes.entries().next()
    if (next === undefined) return
    const [stream, lane] = next
    const { bytes, isLast } = pieceOf(lane.record, lane.at)
    this.#add(bytes)
    lane.at += PIECE
    this.#lanes.delete(stream)
    if (!isLast) {
      this.#lanes.set(stream, lane)
      return
    }
    this.#long -= lane.record.bytes.length
    for (const record of lane.behind) this.#take(record)
  }

  #add (piece: Buffer): void {
    if (this.#size + piece.length > MAX_MESSAGE) this.#writeMessage()
    this.#pieces.push(piece)
    this.#size += piece.length
  }

  #writeMessage (): void {
    const [first] = this.#pieces
    if (first === undefined) return
    const message = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#size)
    this.#pieces = []
    this.#size = 0
    this.#underWay += message.length
    this.#init.write(message, () => this.#written(message.length))
  }

  #written (bytes: number): void {
    const wasFull = this.#underWay >= FULL
    this.#underWay -= bytes
    if (this.#isClosed) return
    this.#count(-bytes)
    if (wasFull && this.#underWay < FULL) this.#flush()
  }
}
