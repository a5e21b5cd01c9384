// The latest refused requests of each reason. They are noted all the time, so that an operator who comes later sees them: a few texts each, never the request.
import type { RefusedMessage } from '../../types/observation.js'
import type { RefusalReason } from '../../types/reasons.js'
import { headerOf } from './shown.js'
import type { Shown } from './shown.js'

/** Examples kept for each reason. */
const KEPT = 5

export interface Example {
  readonly at: number
  readonly detail: string
  readonly method: string
  readonly dialect: string
  /** The begin of the session id, or ''. */
  readonly session: string
  readonly address: string
  readonly origin: string
  readonly agent: string
}

export class Refusals {
  readonly #shown: Shown
  readonly #latest = new Map<RefusalReason, Example[]>()

  constructor (shown: Shown) {
    this.#shown = shown
  }

  add ({ reason, detail, dialect, sid = '', request: { method = '', headers, socket } }: Omit<RefusedMessage, 'engine'>): void {
    const examples = this.#latest.get(reason) ?? []
    this.#latest.set(reason, examples)
    examples.unshift({
      at: Date.now(),
      detail: headerOf(sid === '' ? detail : this.#shown.text(detail, { id: sid })),
      method,
      dialect: dialect ?? '',
      session: headerOf(this.#shown.id(sid)),
      address: socket?.remoteAddress ?? '',
      origin: headerOf(headers.origin),
      agent: headerOf(headers['user-agent'])
    })
    if (examples.length > KEPT) examples.pop()
  }

  /** By reason. */
  get latest (): Partial<Record<RefusalReason, readonly Example[]>> { return Object.fromEntries(this.#latest) }
}
