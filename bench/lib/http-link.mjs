// A raw HTTP/1.1 client: it costs the load generator little, and the same for every server. Not for general use.
import net from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)
const HEADERS = 'Connection: keep-alive\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n'

/**
 * Where a server is, and from where to connect. One local address has some 28,000 ports: a crowd needs several.
 * `home`: the node where sessions are opened, over connections that they share, as those of a proxy. Without it, the session's own connection is used.
 * @typedef {{ host: string, port: number, localAddresses?: string[], dials?: number, home?: Address, idle?: HttpLink[] }} Address
 */

/** Connects without delay, from the next local address where there are several. */
export function dial (address) {
  const { host, port, localAddresses } = address
  if (localAddresses === undefined) return net.connect({ host, port, noDelay: true })
  address.dials = (address.dials ?? 0) + 1
  return net.connect({ host, port, noDelay: true, localAddress: localAddresses[address.dials % localAddresses.length] })
}

export const get = ({ host, port }, path, more = '') => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${HEADERS}${more}\r\n`)

export const post = ({ host, port }, path, body, type = 'text/plain;charset=UTF-8') => Buffer.from(
  `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${HEADERS}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)

/** A whole chunked body, or null when its end has not come. */
function dechunk (data, from) {
  const parts = []
  for (let at = from; ;) {
    const lineEnd = data.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = parseInt(data.latin1Slice(at, lineEnd), 16)
    const start = lineEnd + 2
    if (data.length < start + size + 2) return null
    if (size === 0) return parts.length === 1 ? parts[0] : Buffer.concat(parts)
    parts.push(data.subarray(start, start + size))
    at = start + size + 2
  }
}

/** A keep-alive connection with one request at a time, which connects again after the server has closed it. */
export class HttpLink {
  #address
  #socket = null
  #onAnswer = null
  #buffered = null
  #request = null
  #status = 0
  /** Where the body begins; 0 while the head has not come. */
  #bodyAt = 0
  /** Where it ends; -1 when it is chunked. */
  #end = 0
  #closes = false
  #fresh = true
  #dead = false

  constructor (address) {
    this.#address = address
  }

  get busy () { return this.#onAnswer !== null }

  /** @param onAnswer (status, body, error) */
  request (bytes, onAnswer) {
    if (this.#onAnswer !== null) throw new Error('a request while another is under way')
    this.#onAnswer = onAnswer
    this.#request = bytes
    if (this.#socket === null) this.#dial()
    this.#socket.write(bytes)
  }

  /** The request that opens a session. */
  open (bytes, onAnswer) {
    const { home } = this.#address
    if (home === undefined) return this.request(bytes, onAnswer)
    const idle = home.idle ??= []
    const link = idle.pop() ?? new HttpLink(home)
    link.request(bytes, (...answer) => {
      idle.push(link)
      onAnswer(...answer)
    })
  }

  close () {
    this.#dead = true
    this.#onAnswer = null
    const socket = this.#socket
    this.#socket = null
    socket?.destroy()
  }

  #dial () {
    const socket = this.#socket = dial(this.#address)
    this.#fresh = true
    socket.on('data', (data) => this.#onData(data, socket))
    socket.on('error', (error) => this.#onGone(socket, error))
    socket.on('close', () => this.#onGone(socket, null))
  }

  #onGone (socket, error) {
    if (this.#socket !== socket) return
    this.#socket = null
    this.#buffered = null
    this.#bodyAt = 0
    const onAnswer = this.#onAnswer
    if (onAnswer === null || this.#dead) return
    this.#onAnswer = null
    // A server may close a connection that has been idle while the next request is on its way: once more on a new one.
    if (!this.#fresh) this.request(this.#request, onAnswer)
    else onAnswer(0, NOTHING, error ?? new Error('connection closed before the answer'))
  }

  #onHead (data) {
    const headEnd = data.indexOf(HEAD_END)
    if (headEnd < 0) return false
    const head = data.latin1Slice(0, headEnd)
    this.#status = +head.slice(9, 12)
    this.#bodyAt = headEnd + 4
    this.#closes = /\r\nconnection: *close/i.test(head)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)
    if (length !== null) this.#end = this.#bodyAt + +length[1]
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#end = -1
    else if (this.#status === 204 || this.#status === 304) this.#end = this.#bodyAt
    else throw new Error(`answer without an end: ${head}`)
    return true
  }

  #body (data) {
    if (this.#end < 0) return dechunk(data, this.#bodyAt)
    return data.length < this.#end ? null : data.subarray(this.#bodyAt, this.#end)
  }

  #onData (received, socket) {
    if (this.#socket !== socket) return
    const data = this.#buffered === null ? received : Buffer.concat([this.#buffered, received])
    const body = this.#bodyAt > 0 || this.#onHead(data) ? this.#body(data) : null
    if (body === null) {
      this.#buffered = data
      return
    }
    this.#buffered = null
    this.#bodyAt = 0
    this.#fresh = false
    if (this.#closes) {
      this.#socket = null
      socket.end()
    }
    const onAnswer = this.#onAnswer
    this.#onAnswer = null
    onAnswer(this.#status, body, null)
  }
}
