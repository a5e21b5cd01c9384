// A GET whose answer never ends, cut into parts at a delimiter: htmlfile, xhr-multipart.
import { dial, get } from './http-link.mjs'

const HEAD_END = Buffer.from('\r\n\r\n')

/** One stream. Chunks of the transfer coding are taken off; a part may lie across several. */
export class StreamLink {
  #socket
  #delimiterOf
  #delimiter = null
  #onPart
  #onClose
  #chunked = false
  #raw = null
  #text = null
  #error

  /**
   * @param delimiterOf (head) the bytes that end each part
   * @param onPart (buffer, start, end), without the delimiter
   */
  constructor (address, path, { delimiterOf, onPart, onClose }) {
    this.#delimiterOf = delimiterOf
    this.#onPart = onPart
    this.#onClose = onClose
    const socket = this.#socket = dial(address)
    socket.write(get(address, path))
    socket.on('data', (data) => this.#onData(data))
    socket.on('error', (error) => { this.#error = error })
    socket.on('close', () => this.#onClose?.(this.#error))
  }

  kill () {
    this.#onPart = null
    this.#onClose = null
    this.#socket.destroy()
  }

  #onHead (data) {
    const headEnd = data.indexOf(HEAD_END)
    if (headEnd < 0) return -1
    const head = data.latin1Slice(0, headEnd)
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(`no stream: ${head.slice(0, 200)}`)
    this.#chunked = /\r\ntransfer-encoding: *chunked/i.test(head)
    this.#delimiter = this.#delimiterOf(head)
    return headEnd + 4
  }

  #onData (received) {
    const data = this.#raw === null ? received : Buffer.concat([this.#raw, received])
    this.#raw = null
    let at = this.#delimiter === null ? this.#onHead(data) : 0
    if (at >= 0) at = this.#chunked ? this.#chunks(data, at) : this.#onText(data.subarray(at), data.length)
    if (at < data.length) this.#raw = data.subarray(Math.max(at, 0))
  }

  /** Where the chunks end that are all there. */
  #chunks (data, from) {
    for (let at = from; ;) {
      const lineEnd = data.indexOf('\r\n', at)
      if (lineEnd < 0) return at
      const start = lineEnd + 2
      const end = start + parseInt(data.latin1Slice(at, lineEnd), 16)
      if (data.length < end + 2) return at
      this.#onText(data.subarray(start, end))
      at = end + 2
    }
  }

  #onText (received, consumed) {
    const text = this.#text === null ? received : Buffer.concat([this.#text, received])
    let at = 0
    for (let end; (end = text.indexOf(this.#delimiter, at)) >= 0; at = end + this.#delimiter.length) this.#onPart?.(text, at, end)
    this.#text = at < text.length ? text.subarray(at) : null
    return consumed
  }
}
