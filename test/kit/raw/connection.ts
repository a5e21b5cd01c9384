// One TCP connection, byte by byte: it writes what a test says as it stands, and keeps what comes as it came. For requests that no
// client makes, and for answers whose exact bytes count; otherwise take the client of a dialect, or `kit/request.ts`.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Teardown } from '../teardown.js'

/** An answer, as far as it has come. */
export interface RawAnswer { status: number, head: string, body: string }

export class RawConnection {
  readonly socket: Socket
  /** Resolves when the connection is over, whichever side ended it. */
  readonly closed: Promise<void>
  #received: Buffer = Buffer.alloc(0)
  #chunks: Buffer[] = []
  #length = 0
  /** Called when something has come, or nothing will any more. */
  #waiting: (() => void)[] = []

  /** @param from the address that it comes from */
  constructor (port: number, from = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from })
    this.socket.on('error', () => {}) // a server may break off what it refuses
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#length += chunk.length
      this.#wake()
    })
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.closed.then(() => this.#wake())
  }

  #wake (): void { for (const resolve of this.#waiting.splice(0)) resolve() }
  #news (): Promise<void> { return new Promise((resolve) => { this.#waiting.push(resolve) }) }

  /** All that has come and was not taken. */
  get received (): Buffer {
    if (this.#chunks.length > 0) this.#received = Buffer.concat([this.#received, ...this.#chunks.splice(0)])
    return this.#received
  }

  /** The same as latin1. */
  get text (): string { return this.received.toString('latin1') }

  /** Writes bytes; a string is latin1. Waits while the connection is backed up. */
  async write (bytes: string | Uint8Array): Promise<void> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
    if (!this.socket.destroyed) await new Promise((resolve) => this.socket.write(data, resolve)) // an error is one of 'close'
  }

  /** Writes lines as UTF-8, the last one without its end. */
  writeLines (...lines: string[]): Promise<void> { return this.write(Buffer.from(lines.join('\r\n'))) }

  /** Waits for something in what has come. @throws when the connection ends before */
  async #until<T> (found: () => T | undefined): Promise<T> {
    for (;;) {
      const value = found()
      if (value !== undefined) return value
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.text)}`)
      await this.#news()
    }
  }

  /** The first so many bytes, which are not taken. */
  bytes (count: number): Promise<Buffer> {
    return this.#until(() => this.#length < count ? undefined : this.received.subarray(0, count))
  }

  /** Takes so many bytes. */
  async take (count: number): Promise<Buffer> {
    const taken = await this.bytes(count)
    this.#received = this.#received.subarray(count)
    this.#length -= count
    return taken
  }

  /** Takes one HTTP answer: its head, and as much body as `Content-Length` says. */
  async answer (): Promise<RawAnswer> {
    const end = await this.#until(() => {
      const at = this.received.indexOf('\r\n\r\n')
      return at < 0 ? undefined : at + 4
    })
    const head = (await this.take(end)).toString('latin1')
    const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0)
    return { status: Number(head.slice(9, 12)), head, body: (await this.take(length)).toString() }
  }

  /** All that has come, once it holds so many HTTP answers or the connection is over. */
  async answers (count: number): Promise<string> {
    while (!this.socket.destroyed && this.text.split('HTTP/1.1 ').length <= count) await this.#news()
    return this.text
  }

  /** Everything that comes until the server ends the connection. */
  async rest (): Promise<string> {
    await this.closed
    return this.text
  }

  /** Ends it with a RST. */
  reset (): void { this.socket.resetAndDestroy() }
}

/** A connection that is destroyed with the test. */
export function dial (t: Teardown, port: number, from?: string): RawConnection {
  const raw = new RawConnection(port, from)
  t.teardown(() => raw.socket.destroy())
  return raw
}
