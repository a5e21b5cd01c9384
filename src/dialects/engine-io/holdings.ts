// Counts the memory that the official Server holds for one client of Engine.IO: its namespaces, each with the `auth` of the connect, and a packet that
// waits for attachments.
import { NAMESPACE_BYTES } from '../endpoint.js'

/** The session that {@link Holdings} belong to. */
export interface Holder {
  /** Sets how many bytes the Server holds. Returns whether they fit. */
  keep (bytes: number): boolean
}

/** The memory of one session. */
export class Holdings {
  readonly #holder: Holder
  readonly #maxNamespaces: number
  /** Name → bytes. */
  readonly #namespaces = new Map<string, number>()
  #bytes = 0
  /** Attachments that have not come yet, and bytes that wait for them. */
  #missing = 0
  #waiting = 0

  constructor (holder: Holder, maxNamespaces: number) {
    this.#holder = holder
    this.#maxNamespaces = maxNamespaces
  }

  /** Whether more attachments follow after the next one. */
  get awaitsSeveral (): boolean { return this.#missing > 1 }

  /** Adds a namespace with so many bytes of `auth`. Returns false if the client has too many or the bytes do not fit. The default one does not count. */
  connect (name: string, bytes: number): boolean {
    const others = this.#namespaces.size - (this.#namespaces.has('/') ? 1 : 0)
    if (name !== '/' && !this.#namespaces.has(name) && others >= this.#maxNamespaces) return false
    const before = this.#namespaces.get(name) ?? 0
    const after = NAMESPACE_BYTES + name.length + bytes
    if (!this.#change(after - before)) return false
    this.#namespaces.set(name, after)
    return true
  }

  /** Releases a namespace, if the client has it. */
  release (name: string): void {
    this.#change(-(this.#namespaces.get(name) ?? 0))
    this.#namespaces.delete(name)
  }

  /** Adds a packet of so many bytes that waits for attachments. Returns whether it fits. */
  wait (attachments: number, bytes: number): boolean {
    this.#missing = attachments
    return this.#waitFor(bytes)
  }

  /** Adds an attachment. The last one releases the packet. Returns whether it fits. */
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
