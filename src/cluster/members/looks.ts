// Asks a source each 3 s: one question at a time, with a limit of time. Says whether the answers are current, and logs when they cease and when they are back.
import type { FastifyBaseLogger } from 'fastify'
import { within } from '../clock.js'
import type { Cancel, Clock } from '../clock.js'

/** Time between two questions, ms. */
export const LOOK_EVERY = 3000
/** A source that has not answered within this time has failed, ms. */
const LOOK_LIMIT = 2000

export interface LooksInit {
  /** Asks the source. Rejects when it fails. */
  readonly look: () => Promise<void>
  /** The source, for the log. */
  readonly name: string
  readonly clock: Clock
  readonly log: FastifyBaseLogger
}

export class Looks {
  readonly #init: LooksInit
  readonly #cancel: Cancel
  /** The question under way. While it hangs, no other one is asked, so that none pile up in a client that queues them. */
  #pending: Promise<void> | undefined
  #isWanted = false
  #isStopped = false
  #isCurrent = false
  /** Whether the last look has failed. It differs from `isCurrent` before the first one. */
  #hasFailed = false

  constructor (init: LooksInit) {
    this.#init = init
    this.#cancel = init.clock.every(LOOK_EVERY, () => { this.now() })
  }

  get isCurrent (): boolean { return this.#isCurrent }

  /** Asks now, or as soon as the question under way is answered. Resolves when the source has answered or failed. Never rejects. */
  async now (): Promise<void> {
    this.#isWanted = this.#pending !== undefined
    if (this.#isWanted || this.#isStopped) return
    const { look, clock, name } = this.#init
    this.#pending = look()
    const done = this.#pending.then(() => this.#answered(), (error: unknown) => this.#failed(error)).finally(() => this.#next())
    await within(clock, LOOK_LIMIT, name, done).catch((error: unknown) => this.#failed(error))
  }

  stop (): void {
    this.#isStopped = true
    this.#isCurrent = false
    this.#cancel()
  }

  #next (): void {
    this.#pending = undefined
    if (this.#isWanted) this.now()
  }

  #answered (): void {
    if (this.#isStopped) return
    this.#isCurrent = true
    if (!this.#hasFailed) return
    this.#hasFailed = false
    this.#init.log.info({ source: this.#init.name }, 'the members of the cluster are known again')
  }

  #failed (error: unknown): void {
    if (this.#isStopped) return
    this.#isCurrent = false
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#init.log.warn({ source: this.#init.name, err: error }, 'the members of the cluster cannot be read: nodes that are linked go on, new nodes are not seen until it works again')
  }
}
