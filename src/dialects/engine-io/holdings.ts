// What a client of Engine.IO makes the official Server hold for it: its namespaces, each with the `auth` of its connect, and a packet that waits
// for its attachments. Knows nothing of the Server but this.
import { NAMESPACE_BYTES } from '../endpoint.js'

/** What {@link Holdings} may do with its session. */
export interface Holder {
  /** The Server holds so many bytes. Returns whether there is room for them. */
  keep (bytes: number): boolean
}

/** Of one session. */
export class Holdings {
  readonly #holder: Holder
  readonly #maxNamespaces: number
  /** How much each takes; bytes. */
  readonly #namespaces = new Map<string, number>()
  #bytes = 0
  /** Attachments that are still to come, and what waits for them. */
  #missing = 0
  #waiting = 0

  constructor (holder: Holder, maxNamespaces: number) {
    this.#holder = holder
    this.#maxNamespaces = maxNamespaces
  }

  /** Whether more binary messages follow than the next. */
  get awaitsSeveral (): boolean { return this.#missing > 1 }

  /** The client connects a namespace with so many bytes of `auth`. Returns whether it may. The default one is not among the most that it may. */
  connect (name: string, bytes: number): boolean {
    const others = this.#namespaces.size - (this.#namespaces.has('/') ? 1 : 0)
    if (name !== '/' && !this.#namespaces.has(name) && others >= this.#maxNamespaces) return false
    const before = this.#namespaces.get(name) ?? 0
    const after = NAMESPACE_BYTES + name.length + bytes
    if (!this.#change(after - before)) return false
    this.#namespaces.set(name, after)
    return true
  }

  /** The namespace is connected no longer, or never was. */
  release (name: string): void {
    this.#change(-(this.#namespaces.get(name) ?? 0))
    this.#namespaces.delete(name)
  }

  /** A packet of so many bytes waits for attachments. Returns whether it may. */
  wait (attachments: number, bytes: number): boolean {
    this.#missing = attachments
    return this.#waitFor(bytes)
  }

  /** An attachment has come. Returns whether it may wait for the others. */
  attach (bytes: number): boolean {
    if (this.#missing > 0) this.#missing--
    return this.#waitFor(this.#missing > 0 ? this.#waiting + bytes : 0)
  }

  #waitFor (bytes: number): boolean {
    const fits = this.#change(bytes - this.#waiting)
    if (fits) this.#waiting = bytes
    return fits
  }

  #change (bytes: number): boolean {
    if (bytes > 0 && !this.#holder.keep(this.#bytes + bytes)) return false
    this.#bytes += bytes
    if (bytes < 0) this.#holder.keep(this.#bytes)
    return true
  }
}
