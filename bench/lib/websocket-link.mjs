// A raw WebSocket client (RFC 6455), of the same make as the HTTP one.
import { dial } from './http-link.mjs'

const HEAD_END = Buffer.from('\r\n\r\n')
const MASK = [0x37, 0xfa, 0x21, 0x3d]
const LARGEST = 1 << 20
/** How long a server may take to answer a close frame, ms: some never do. */
const CLOSE_GRACE = 500

/** A masked frame of text or bytes, made once for each message. */
export function frame (text, opcode = 1) {
  const payload = Buffer.from(text)
  if (payload.length > 65_535) throw new Error('a message of more than 65,535 bytes')
  const short = payload.length < 126
  const at = short ? 6 : 8
  const bytes = Buffer.alloc(at + payload.length)
  bytes[0] = 0x80 | opcode
  bytes[1] = 0x80 | (short ? payload.length : 126)
  if (!short) bytes.writeUInt16BE(payload.length, 2)
  for (let i = 0; i < 4; i++) bytes[at - 4 + i] = MASK[i]
  for (let i = 0; i < payload.length; i++) bytes[at + i] = payload[i] ^ MASK[i & 3]
  return bytes
}

/** Its code is 1000, "normal". */
const CLOSE = frame(Buffer.of(0x03, 0xe8), 8)
const PONG = frame('', 10)

/** One WebSocket. */
export class WebSocketLink {
  #socket
  #onOpen
  #onMessage
  #onClose
  #buffered = null
  #open = false
  #closing = false
  #error

  /** @param onMessage (buffer, start, end) for each message; @param onClose (error, if any) */
  constructor (address, path, { onOpen, onMessage, onClose }) {
    this.#onOpen = onOpen
    this.#onMessage = onMessage
    this.#onClose = onClose
    const socket = this.#socket = dial(address)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'User-Agent: bench\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n')
    socket.on('data', (data) => this.#onData(data))
    socket.on('error', (error) => { this.#error = error })
    socket.on('close', () => this.#onClose(this.#error))
  }

  send (bytes) { this.#socket.write(bytes) }

  /** With a close frame; what the server then does is not waited for. */
  close () {
    if (this.#closing) return
    this.#closing = true
    this.#onMessage = null
    this.#socket.end(CLOSE)
    const grace = setTimeout(() => this.#socket.destroy(), CLOSE_GRACE)
    this.#socket.once('close', () => clearTimeout(grace))
  }

  kill () {
    this.#closing = true
    this.#onMessage = null
    this.#socket.destroy()
  }

  /** Where the first frame begins, or -1. */
  #onHead (data) {
    const headEnd = data.indexOf(HEAD_END)
    if (headEnd < 0) return -1
    const head = data.latin1Slice(0, headEnd)
    if (!head.startsWith('HTTP/1.1 101')) {
      this.#error = new Error(`no WebSocket: ${head.slice(0, 200)}`)
      this.#socket.destroy()
      return -1
    }
    this.#open = true
    this.#onOpen?.()
    return headEnd + 4
  }

  #onData (received) {
    const data = this.#buffered === null ? received : Buffer.concat([this.#buffered, received])
    this.#buffered = null
    let at = this.#open ? 0 : this.#onHead(data)
    if (at < 0) {
      this.#buffered = data
      return
    }
    for (let end; (end = this.#frame(data, at)) > 0;) at = end
    if (at < data.length) this.#buffered = at === 0 ? data : data.subarray(at)
  }

  /** Where the frame at that place ends, or 0 when it is not all there. */
  #frame (data, at) {
    const available = data.length - at
    if (available < 2) return 0
    let length = data[at + 1] & 127
    let start = at + 2
    if (length === 126) {
      if (available < 4) return 0
      length = data.readUInt16BE(start)
      start += 2
    } else if (length === 127) {
      if (available < 10) return 0
      length = Number(data.readBigUInt64BE(start))
      start += 8
    }
    if (length > LARGEST) throw new Error('a frame of more than a megabyte')
    const end = start + length
    if (data.length < end) return 0
    this.#onFrame(data[at] & 15, data, start, end)
    return end
  }

  #onFrame (opcode, data, start, end) {
    if (opcode === 1 || opcode === 2) this.#onMessage?.(data, start, end)
    else if (opcode === 9) this.#socket.write(PONG)
    else if (opcode === 8 && !this.#closing) {
      this.#closing = true
      this.#socket.end(CLOSE)
    }
  }
}
