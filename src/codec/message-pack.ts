// Checks MessagePack of a peer before a parser decodes it. The usual parser (notepack.io) does not check lengths: six bytes can make it allocate an
// ArrayBuffer of 4 GiB. Pure: no clock, no I/O. Format: https://github.com/msgpack/msgpack/blob/master/spec.md
import { ProtocolError } from './packet.js'

/** `{ type: 0, nsp: '/' }`, as every writer of MessagePack writes it. */
const CONNECT = Buffer.from('82a47479706500a36e7370a12f', 'hex')
const PROTO = '__proto__'

/**
 * Tells whether a parser writes MessagePack.
 * @param encoded the packet `{ type: 0, nsp: '/' }`, encoded by the parser
 */
export const isMessagePack = (encoded: unknown): boolean => Buffer.isBuffer(encoded) && encoded.equals(CONNECT)

/** A container (array or map) whose values are not all read. */
interface Container {
  left: number
  readonly isMap: boolean
}

/** The value at an index: a container with its number of values, or a leaf. `end` is the index after the leaf, or after the head of the container. */
type Value =
  | { readonly end: number, readonly values?: never, readonly isMap?: never, readonly text?: string }
  | { readonly end: number, readonly values: number, readonly isMap: boolean, readonly text?: never }

const cutOff = (): ProtocolError => new ProtocolError('the MessagePack data ends too early')

/** Reads a length of 1, 2 or 4 bytes. */
function readLength (bytes: Buffer, at: number, size: number): number {
  if (at + size > bytes.length) throw cutOff()
  return bytes.readUIntBE(at, size)
}

/**
 * Reads a leaf whose length follows its prefix.
 * @param more bytes between the length and the data: the type of an extension
 */
function sized (bytes: Buffer, at: number, size: number, more = 0): Value {
  return { end: at + 1 + size + more + readLength(bytes, at + 1, size) }
}

function sizedText (bytes: Buffer, at: number, size: number): Value {
  return text(bytes, at + 1 + size, readLength(bytes, at + 1, size))
}

function sizedContainer (bytes: Buffer, at: number, size: number, isMap: boolean): Value {
  return container(at + 1 + size, readLength(bytes, at + 1, size), isMap)
}

function text (bytes: Buffer, start: number, length: number): Value {
  const end = start + length
  return length === PROTO.length ? { end, text: bytes.toString('latin1', start, end) } : { end }
}

const container = (end: number, entries: number, isMap: boolean): Value => ({ end, values: isMap ? entries * 2 : entries, isMap })

/** Bytes after the prefix of leaves of a fixed size, 0xca to 0xd8: numbers, and extensions (with the byte of their type). */
const FIXED: Readonly<Record<number, number>> = {
  0xca: 4, 0xcb: 8, 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8, 0xd4: 2, 0xd5: 3, 0xd6: 5, 0xd7: 9, 0xd8: 17
}

function readValue (bytes: Buffer, at: number): Value {
  const prefix = bytes[at]
  if (prefix === undefined) throw cutOff()
  if (prefix < 0x80 || prefix >= 0xe0) return { end: at + 1 } // small numbers
  if (prefix < 0x90) return container(at + 1, prefix & 0x0f, true)
  if (prefix < 0xa0) return container(at + 1, prefix & 0x0f, false)
  if (prefix < 0xc0) return text(bytes, at + 1, prefix & 0x1f)
  const fixed = FIXED[prefix]
  if (fixed !== undefined) return { end: at + 1 + fixed }
  switch (prefix) {
    case 0xc0:
    case 0xc2:
    case 0xc3: return { end: at + 1 } // null, false, true
    case 0xc4: return sized(bytes, at, 1)
    case 0xc5: return sized(bytes, at, 2)
    case 0xc6: return sized(bytes, at, 4)
    case 0xc7: return sized(bytes, at, 1, 1)
    case 0xc8: return sized(bytes, at, 2, 1)
    case 0xc9: return sized(bytes, at, 4, 1)
    case 0xd9: return sizedText(bytes, at, 1)
    case 0xda: return sizedText(bytes, at, 2)
    case 0xdb: return sizedText(bytes, at, 4)
    case 0xdc: return sizedContainer(bytes, at, 2, false)
    case 0xdd: return sizedContainer(bytes, at, 4, false)
    case 0xde: return sizedContainer(bytes, at, 2, true)
    case 0xdf: return sizedContainer(bytes, at, 4, true)
    default: throw new ProtocolError('the data is not MessagePack') // 0xc1 is never used
  }
}

/**
 * Checks one value: its nesting, that all of its lengths are within the bytes, and that no key is `__proto__`, which parsers would set as the
 * prototype.
 * @throws ProtocolError when it fails.
 */
export function checkMessagePack (bytes: Buffer, maxNesting: number): void {
  const open: Container[] = []
  let current: Container = { left: 1, isMap: false }
  for (let at = 0; current.left > 0;) {
    const value = readValue(bytes, at)
    const isKey = current.isMap && current.left % 2 === 0
    current.left--
    at = value.end
    if (at > bytes.length) throw cutOff()
    if (isKey && value.text === PROTO) throw new ProtocolError('a key of an object is __proto__')
    if (value.values !== undefined) {
      if (value.values > bytes.length - at) throw cutOff() // a value takes at least one byte
      open.push(current)
      if (open.length > maxNesting) throw new ProtocolError('nested too deep')
      current = { left: value.values, isMap: value.isMap }
    }
    while (current.left === 0) {
      const parent = open.pop()
      if (parent === undefined) return
      current = parent
    }
  }
}
