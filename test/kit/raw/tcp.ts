// Connections down to their bytes: what an attacker writes goes out as it stands, and what comes back is told as it came.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { scriptHeaders } from '../script.js'

/** An answer, as far as it has come. */
export interface RawAnswer { status: number, head: string, body: string }

/** One TCP connection. */
export class Raw {
  readonly socket: Socket
  /** Resolves when the connection is over, whichever side ended it. */
  readonly closed: Promise<void>
  #received: Buffer = Buffer.alloc(0)
  /** Called when something has come, or nothing will any more. */
  #news = (): void => {}

  /** @param from the address that it comes from */
  constructor (port: number, from = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from })
    this.socket.on('error', () => {}) // a server may break off what it refuses
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#news()
    })
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.closed.then(() => this.#news())
  }

  /** All that has come and was not taken. */
  get received (): Buffer { return this.#received }

  /** Writes bytes; a string is latin1. Waits while the connection is backed up. */
  async write (bytes: string | Uint8Array): Promise<void> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
    if (!this.socket.destroyed) await new Promise((resolve) => this.socket.write(data, resolve)) // an error is one of 'close'
  }

  /** Waits for bytes. @throws when the connection ends before */
  async #until<T> (found: () => T | undefined): Promise<T> {
    for (;;) {
      const value = found()
      if (value !== undefined) return value
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.#received.toString('latin1'))}`)
      await new Promise<void>((resolve) => { this.#news = resolve })
    }
  }

  /** Takes so many bytes. */
  take (count: number): Promise<Buffer> {
    return this.#until(() => {
      if (this.#received.length < count) return undefined
      const taken = this.#received.subarray(0, count)
      this.#received = this.#received.subarray(count)
      return taken
    })
  }

  /** Takes one HTTP answer: its head, and as much body as `Content-Length` says. */
  async answer (): Promise<RawAnswer> {
    const end = await this.#until(() => {
      const at = this.#received.indexOf('\r\n\r\n')
      return at < 0 ? undefined : at + 4
    })
    const head = (await this.take(end)).toString('latin1')
    const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0)
    return { status: Number(head.slice(9, 12)), head, body: (await this.take(length)).toString() }
  }

  /** Ends it with a RST. */
  reset (): void { this.socket.resetAndDestroy() }
}

/** Writes bytes, and takes one answer; the connection stays to the caller. */
export async function rawHttp (port: number, bytes: string | Uint8Array): Promise<RawAnswer & { raw: Raw }> {
  const raw = new Raw(port)
  await raw.write(bytes)
  return { ...await raw.answer(), raw }
}

/** What says where a request comes from. */
const FROM = /^(?:origin|referer|sec-fetch-site):/i

/** The head of a request; lines are added as they stand. A script says that it is of the own page, unless a line says where it comes from. */
export function head (method: string, path: string, ...lines: string[]): string {
  const from = lines.some((line) => FROM.test(line)) ? {} : scriptHeaders(path, 'http://127.0.0.1')
  const own = Object.entries(from).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...lines, ...own, '', ''].join('\r\n')
}

/** The lines that ask for a WebSocket. */
export const UPGRADE = [
  'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
] as const
