// A WebSocket that writes whatever it is told to, and reads no more of what comes than it must: frames are counted and skipped.
import { connect } from 'node:net'
import type { Socket as TcpSocket } from 'node:net'

const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
/** Masks nothing. */
const MASK = Buffer.alloc(4)
const ANSWER_END = '\r\n\r\n'

/** One message, masked with zeros: its bytes are those of the message. */
export function message (kind: 'text' | 'binary' | 'ping', data: Buffer): Buffer {
  const head = [0x80 | OPCODE[kind]]
  if (data.length < 126) return Buffer.concat([Buffer.from([...head, 0x80 | data.length]), MASK, data])
  const length = Buffer.alloc(data.length < 0x10000 ? 2 : 8)
  if (length.length === 2) length.writeUInt16BE(data.length)
  else length.writeBigUInt64BE(BigInt(data.length))
  return Buffer.concat([Buffer.from([...head, 0x80 | (length.length === 2 ? 126 : 127)]), length, MASK, data])
}

/** The size of a server's frame by its first bytes; undefined when there are too few. */
function frameSize (bytes: Buffer): number | undefined {
  const short = (bytes[1] ?? 0) & 0x7f
  const head = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < head) return undefined
  return head + (short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)))
}

export class RawWebSocket {
  /** Whether the server has let it in. */
  readonly opened: Promise<boolean>
  closed = false
  readonly #socket: TcpSocket
  readonly #waiting: ((alive: boolean) => void)[] = []
  #head: Buffer | undefined = Buffer.alloc(0)
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes of the current frame that are still to come. */
  #skip = 0
  #open: (opened: boolean) => void = () => {}

  constructor (port: number, path: string) {
    this.opened = new Promise((resolve) => { this.#open = resolve })
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('error', () => {}).on('close', () => this.#end()).on('data', (bytes: Buffer) => this.#read(bytes))
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`)
  }

  /** Writes messages, and waits until the server has read them; whether it still listens. */
  async send (messages: readonly Buffer[]): Promise<boolean> {
    if (this.closed) return false
    this.#socket.write(Buffer.concat([...messages, message('ping', Buffer.alloc(0))]))
    return await new Promise((resolve) => this.#waiting.push(resolve))
  }

  close (): void {
    this.#socket.destroy()
    this.#end()
  }

  #end (): void {
    this.closed = true
    this.#open(false)
    for (const waiting of this.#waiting.splice(0)) waiting(false)
  }

  #read (bytes: Buffer): void {
    if (this.#head === undefined) return this.#skipFrames(bytes)
    this.#head = Buffer.concat([this.#head, bytes])
    const end = this.#head.indexOf(ANSWER_END)
    if (end < 0) return
    if (!this.#head.toString('latin1', 0, 12).endsWith('101')) return this.close()
    const rest = this.#head.subarray(end + ANSWER_END.length)
    this.#head = undefined
    this.#open(true)
    this.#skipFrames(rest)
  }

  #skipFrames (bytes: Buffer): void {
    let data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    this.#rest = Buffer.alloc(0)
    while (data.length > 0) {
      if (this.#skip === 0) {
        const size = frameSize(data)
        if (size === undefined) break
        this.#skip = size
        const opcode = (data[0] ?? 0) & 0x0f
        if (opcode === OPCODE.close) return this.close()
        if (opcode === OPCODE.pong) this.#waiting.shift()?.(true)
      }
      const passed = Math.min(this.#skip, data.length)
      this.#skip -= passed
      data = data.subarray(passed)
    }
    this.#rest = data
  }
}
