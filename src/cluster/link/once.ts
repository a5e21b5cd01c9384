// Log lines that are written once for each cause and address, not once for each attempt.
import type { FastifyBaseLogger } from 'fastify'

/** So many causes are remembered. Addresses of strangers are as many as they like. */
const MAX = 1000

export class LogOnce {
  readonly #log: FastifyBaseLogger
  readonly #logged = new Set<string>()

  constructor (log: FastifyBaseLogger) {
    this.#log = log
  }

  /** Logs a warning, unless the same one has been logged. @param text the cause, and what to do */
  warn (context: { readonly address: string } & Readonly<Record<string, unknown>>, text: string): void {
    const key = `${context.address} ${text}`
    if (this.#logged.has(key) || this.#logged.size >= MAX) return
    this.#logged.add(key)
    this.#log.warn(context, text)
  }

  /** Forgets what has been logged: the next time is news. */
  clear (): void { this.#logged.clear() }
}
