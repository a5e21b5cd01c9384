// Log lines that are written once for each cause and address, not once for each attempt.
import type { FastifyBaseLogger } from 'fastify'

/** So many addresses are remembered, and so many causes of each. Strangers may have as many as they like. */
const MAX = 1000

export class LogOnce {
  readonly #log: FastifyBaseLogger
  /** The causes that have been logged, by address. */
  readonly #logged = new Map<string, Set<string>>()

  constructor (log: FastifyBaseLogger) {
    this.#log = log
  }

  /** Logs a warning, unless the same one has been logged. @param text the cause, and what to do */
  warn (context: { readonly address: string } & Readonly<Record<string, unknown>>, text: string): void {
    const { address } = context
    const causes = this.#logged.get(address) ?? new Set()
    if (causes.has(text) || causes.size >= MAX) return
    causes.add(text)
    this.#logged.set(address, causes)
    const { value: oldest } = this.#logged.keys().next()
    if (this.#logged.size > MAX && oldest !== undefined) this.#logged.delete(oldest)
    this.#log.warn(context, text)
  }

  /** There is a link now: what fails next is news. */
  forget (address: string): void { this.#logged.delete(address) }
}
