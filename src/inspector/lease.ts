// Something that lasts as long as a page asks for it again and again. A page that leaves says nothing, so it ends by time.

export interface Leased {
  start (): void
  stop (): void
}

export class Lease {
  readonly #leased: Leased
  readonly #ms: number
  #timer: NodeJS.Timeout | undefined

  constructor (leased: Leased, ms: number) {
    this.#leased = leased
    this.#ms = ms
  }

  get isHeld (): boolean { return this.#timer !== undefined }

  /** Starts it, or lets it last longer. */
  renew (): void {
    if (this.#timer !== undefined) {
      this.#timer.refresh()
      return
    }
    this.#timer = setTimeout(() => this.end(), this.#ms).unref()
    this.#leased.start()
  }

  end (): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#leased.stop()
  }
}
