// What happens to sessions, newest first, while somebody looks: opened, moved, ended.
import type { EndMessage, MoveMessage, OpenMessage } from '../../types/observation.js'
import type { Socket } from '../../types/socket.js'
import type { Handles } from './handles.js'
import type { Shown } from './shown.js'

const KEPT = 40

/** One line. */
export interface Happening {
  /** Counts all happenings, so that a page knows which are new. */
  readonly n: number
  readonly at: number
  readonly type: 'open' | 'move' | 'end'
  readonly handle: string
  readonly session: string
  readonly dialect: string
  readonly transport: string
  /** The transport that it has moved from. */
  readonly from?: string
  readonly reason?: string
  readonly cause?: string
  readonly seconds?: number
}

export class Happenings {
  readonly #handles: Handles
  readonly #shown: Shown
  #count = 0
  latest: Happening[] = []

  constructor (handles: Handles, shown: Shown) {
    this.#handles = handles
    this.#shown = shown
  }

  opened ({ socket }: OpenMessage): void { this.#add('open', socket) }

  moved ({ socket, from, to }: MoveMessage): void { this.#add('move', socket, { from, transport: to }) }

  ended ({ socket, reason, cause, seconds }: EndMessage): void {
    this.#add('end', socket, { reason, seconds, ...(cause !== undefined && { cause: this.#shown.text(cause.message.slice(0, 200), socket) }) })
  }

  clear (): void { this.latest = [] }

  #add (type: Happening['type'], socket: Socket, more: Partial<Happening> = {}): void {
    this.#count++
    const { dialect, transport: { name: transport } } = socket
    this.latest.unshift({ n: this.#count, at: Date.now(), type, handle: this.#handles.of(socket), session: this.#shown.id(socket.id), dialect, transport, ...more })
    if (this.latest.length > KEPT) this.latest.pop()
  }
}
