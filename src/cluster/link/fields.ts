// Writes and reads the fields of a record. Numbers are big-endian. Pure.
import { isUtf8 } from 'node:buffer'
import { detachBytes } from '../../codec/detach.js'
import { ProtocolError } from '../../codec/packet.js'

/** Characters of a name. Longer ones are cut: no session has such an id, and the log needs no more of an error. */
const MAX_NAME = 4096
/** Bytes of a name: three for each character. */
const MAX_NAME_BYTES = 3 * MAX_NAME

/** Fields, in a buffer that grows. */
export class FieldWriter {
  #buffer: Buffer
  #at: number

  /**
   * @param head bytes that are left free at the begin
   * @param size bytes that the fields will probably need
   */
  constructor (head: number, size: number) {
    this.#buffer = Buffer.allocUnsafe(head + size)
    this.#at = head
  }

  #grow (bytes: number): number {
    const at = this.#at
    this.#at += bytes
    if (this.#at > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(this.#at * 2)
      this.#buffer.copy(larger, 0, 0, at)
      this.#buffer = larger
    }
    return at
  }

  u8 (value: number): this {
    const at = this.#grow(1)
    this.#buffer[at] = value
    return this
  }

  u16 (value: number): this {
    const at = this.#grow(2)
    this.#buffer.writeUInt16BE(value, at)
    return this
  }

  u32 (value: number): this {
    const at = this.#grow(4)
    this.#buffer.writeUInt32BE(value, at)
    return this
  }

  /** Text or bytes, without their length. */
  payload (payload: string | Buffer): this {
    const length = Buffer.byteLength(payload)
    const at = this.#grow(length)
    if (typeof payload === 'string') this.#buffer.write(payload, at)
    else payload.copy(this.#buffer, at)
    return this
  }

  /** Short text, after its length in bytes. */
  name (text: string): this {
    const name = text.length > MAX_NAME ? text.slice(0, MAX_NAME) : text
    return this.u16(Buffer.byteLength(name)).payload(name)
  }

  /** The head, which the caller fills, and the fields. */
  get bytes (): Buffer { return this.#buffer.subarray(0, this.#at) }
}

function toText (bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new ProtocolError('text that is not UTF-8')
  return bytes.toString()
}

/** Reads fields. Each method throws ProtocolError when there are too few bytes, or wrong ones. */
export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor (bytes: Buffer) {
    this.#bytes = bytes
  }

  get left (): number { return this.#bytes.length - this.#at }

  #take (length: number): number {
    const at = this.#at
    if (length > this.left) throw new ProtocolError('a record that is too short')
    this.#at += length
    return at
  }

  u8 (): number { return this.#bytes.readUInt8(this.#take(1)) }
  u16 (): number { return this.#bytes.readUInt16BE(this.#take(2)) }
  u32 (): number { return this.#bytes.readUInt32BE(this.#take(4)) }

  flag (): boolean { return this.flags(1) === 1 }

  /** A set of bits, none of which is above those of `all`. */
  flags (all: number): number {
    const value = this.u8()
    if ((value & ~all) !== 0) throw new ProtocolError(`unknown flags ${value}`)
    return value
  }

  /** One of the values, by its index. */
  oneOf <T> (values: readonly T[]): T {
    const index = this.u8()
    const value = values[index]
    if (value === undefined) throw new ProtocolError(`a value ${index} that is not known`)
    return value
  }

  /** Bytes, which are copied if they would keep a much larger buffer in memory. */
  bytes (length: number): Buffer {
    const at = this.#take(length)
    return detachBytes(this.#bytes.subarray(at, at + length))
  }

  text (length: number): string {
    const at = this.#take(length)
    return toText(this.#bytes.subarray(at, at + length))
  }

  name (): string {
    const length = this.u16()
    const name = length > MAX_NAME_BYTES ? undefined : this.text(length)
    if (name === undefined || name.length > MAX_NAME) throw new ProtocolError('a name that is too long')
    return name
  }

  /** All bytes that are left, as text or bytes. */
  payload (isBytes: boolean): string | Buffer { return isBytes ? this.bytes(this.left) : this.text(this.left) }
}
