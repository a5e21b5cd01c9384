// Broadcasts hand the same text to each of their receivers, one after another. It is encoded once, and all queues share the result. Pure.

/** The text that was encoded last, with its result. */
export class LastEncoded<Encoded> {
  #text: string | undefined
  #encoded: Encoded | undefined

  /** The result for this text, if it was the last one. */
  find (text: string): Encoded | undefined { return text === this.#text ? this.#encoded : undefined }

  /** Keeps a result, and returns it. */
  keep (text: string, encoded: Encoded): Encoded {
    this.#text = text
    this.#encoded = encoded
    return encoded
  }

  /** Releases the memory of a large result. */
  clear (): void {
    this.#text = undefined
    this.#encoded = undefined
  }
}
