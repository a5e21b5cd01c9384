// The timeline of one session, as long as a page shows it. Bounded: the oldest entries leave.
import type { EndMessage, MoveMessage, PacketMessage, RequestMessage } from '../../types/observation.js'
import type { Socket } from '../../types/socket.js'
import type { Shown } from './shown.js'

/** Entries kept. */
const ENTRIES = 500
/** Bytes kept of a frame, and of all frames together. */
const FRAME_BYTES = 512
const BYTES = 128 * 1024

export interface Entry {
  /** Counts the entries of all captures: those of a capture that starts anew follow those of the one before. */
  readonly n: number
  readonly at: number
  readonly type: 'request' | 'frame' | 'move' | 'end'
  readonly transport?: string
  readonly direction?: 'in' | 'out'
  /** Begin of a frame as text; a binary one has `hex` instead. */
  readonly text?: string
  readonly hex?: string
  /** Size of the whole frame. */
  readonly bytes?: number
  readonly kind?: string
  readonly method?: string
  readonly version?: string
  readonly from?: string
  readonly reason?: string
  readonly cause?: string
}

const sizeOf = ({ text, hex }: Entry): number => (text?.length ?? 0) * 2 + (hex?.length ?? 0)

/** The begin of a text. A cut between the two halves of a character leaves none of them. */
const beginOf = (text: string): string => text.slice(0, FRAME_BYTES).replace(/[\ud800-\udbff]$/, '')

let entriesOfAll = 0

export class Capture {
  readonly #shown: Shown
  readonly since = Date.now()
  /** When the last packet of the client came. */
  heardAt: number | undefined
  #entries: Entry[] = []
  #count = 0
  #size = 0

  constructor (shown: Shown) {
    this.#shown = shown
  }

  /** Entries that are not there any more. */
  get dropped (): number { return this.#count - this.#entries.length }

  /** Entries behind number `n`. */
  after (n: number): Entry[] { return this.#entries.filter((entry) => entry.n > n) }

  packet ({ socket, direction, frame, transport }: PacketMessage): void {
    const bytes = Buffer.byteLength(frame)
    if (direction === 'in') this.heardAt = Date.now()
    // The id is replaced before the text is cut: a cut id would be no id, and most of it would be shown.
    const contents = typeof frame === 'string' ? { text: beginOf(this.#shown.text(frame.slice(0, 2 * FRAME_BYTES), socket)) } : { hex: frame.subarray(0, FRAME_BYTES / 4).toString('hex') }
    this.#add({ type: 'frame', direction, transport, bytes, ...contents })
  }

  request ({ kind, request: { method = '', httpVersion } }: RequestMessage): void { this.#add({ type: 'request', kind, method, version: httpVersion }) }

  moved ({ from, to }: MoveMessage): void { this.#add({ type: 'move', from, transport: to }) }

  ended ({ socket, reason, cause }: EndMessage): void {
    this.#add({ type: 'end', reason, ...(cause !== undefined && { cause: this.#shown.text(cause.message.slice(0, FRAME_BYTES), socket) }) })
  }

  #add (entry: Omit<Entry, 'n' | 'at'>): void {
    this.#count++
    const added = { n: ++entriesOfAll, at: Date.now(), ...entry }
    this.#entries.push(added)
    this.#size += sizeOf(added)
    while (this.#entries.length > ENTRIES || this.#size > BYTES) {
      const oldest = this.#entries.shift()
      if (oldest === undefined) return
      this.#size -= sizeOf(oldest)
    }
  }
}

/** A capture, and the session that it is of. */
export interface Captured { readonly socket: Socket, readonly capture: Capture }
