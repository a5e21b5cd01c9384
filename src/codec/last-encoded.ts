// A broadcast sends the same text to many sessions, one after another. The text is encoded once, and their queues share the result. Pure.

/** A cache of one entry: the last text and its encoded form. */
export class LastEncoded<Encoded> {
  #text: string | undefined
  #encoded: Encoded | undefined

  /** Returns the encoded form, if this text was the last one. */
  find (text: string): Encoded | undefined { return text === this.#text ? this.#encoded : undefined }

  /** Stores the encoded form of a text, and returns it. */
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
