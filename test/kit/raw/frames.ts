// Frames of WebSockets as bytes.

/** The first byte of a frame: `FIN`, or'ed with an opcode. */
export const FIN = 0x80
/** Of a message that is compressed. */
export const RSV1 = 0x40
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

const MASK = Buffer.of(1, 2, 3, 4)
/** Changes nothing. */
const NO_MASK = Buffer.alloc(4)

function headOf (first: number, length: number | bigint, mask: Buffer): Buffer {
  const long = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8)
  if (long.length === 2) long.writeUInt16BE(Number(length))
  if (long.length === 8) long.writeBigUInt64BE(BigInt(length))
  const short = long.length === 0 ? Number(length) : long.length === 2 ? 126 : 127
  return Buffer.concat([Buffer.of(first, 0x80 | short), long, mask])
}

/** A client's frame as its first byte has it; it may say that it is longer than it is. Its mask is of zeros, so that payloads can be read in it. */
export const frame = (first: number, payload: string | Uint8Array = '', length: number | bigint = Buffer.byteLength(payload)): Buffer =>
  Buffer.concat([headOf(first, length, NO_MASK), Buffer.from(payload)])

/** A client's frame, masked as by browsers. @param last of its message */
export function maskedFrame (opcode: number, payload: string | Uint8Array, last = true): Buffer {
  const data = Buffer.from(payload)
  return Buffer.concat([headOf((last ? FIN : 0) | opcode, data.length, MASK), data.map((byte, i) => byte ^ Number(MASK[i % 4]))])
}

/** The frame of a server that closes with a code alone. */
export const closing = (code: number): Buffer => Buffer.of(FIN | OPCODE.close, 2, code >> 8, code & 0xff)
