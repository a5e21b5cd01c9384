// Messages of a link: pieces of records, one behind the other (docs/link.md, Messages). Pure.
import { ProtocolError } from '../../codec/packet.js'
import type { Raw } from './decode.js'
import { BYTES, HEAD, MORE, PIECE } from './encode.js'
import type { Encoded } from './encode.js'
import { FieldReader } from './fields.js'

/** Bytes of a message: one full piece, or several small ones. */
export const MAX_MESSAGE = HEAD + PIECE

/** A piece of a record: its head, and a part of its body. */
interface Piece { readonly bytes: Buffer, readonly isLast: boolean }

function writeHead (to: Buffer, { kind, flags, stream }: Encoded, length: number, more: number): Buffer {
  to[0] = kind | flags | more
  to.writeUInt32BE(stream, 1)
  to.writeUInt32BE(length, 5)
  return to
}

/** Returns the piece of a record that begins at a byte of its body. A record that is one piece is not copied. */
export function pieceOf (record: Encoded, from: number): Piece {
  const { bytes } = record
  const left = bytes.length - HEAD - from
  if (from === 0 && left <= PIECE) return { bytes: writeHead(bytes, record, left, 0), isLast: true }
  const length = Math.min(left, PIECE)
  const piece = Buffer.allocUnsafe(HEAD + length)
  writeHead(piece, record, length, left > PIECE ? MORE : 0)
  bytes.copy(piece, HEAD, HEAD + from, HEAD + from + length)
  return { bytes: piece, isLast: left <= PIECE }
}

/** Bytes of all pieces of a record. */
export function lengthOf ({ bytes }: Encoded): number {
  const body = bytes.length - HEAD
  return body + HEAD * Math.max(Math.ceil(body / PIECE), 1)
}

/** The pieces of a record that have arrived. */
interface Unfinished { readonly kind: number, readonly pieces: Buffer[] }

/** Reads messages. Keeps records that are not complete, up to a limit. */
export class MessageReader<T> {
  readonly #decode: (raw: Raw) => T
  readonly #maxBytes: () => number
  readonly #unfinished = new Map<number, Unfinished>()
  #bytes = 0

  /**
   * @param decode reads one record
   * @param maxBytes limit for all records together that are not complete, bytes
   */
  constructor (decode: (raw: Raw) => T, maxBytes: () => number) {
    this.#decode = decode
    this.#maxBytes = maxBytes
  }

  /** Bytes of records that are not complete. */
  get unfinishedBytes (): number { return this.#bytes }

  /** Returns the records that end in this message. @throws ProtocolError; nothing can be read afterwards */
  read (message: Buffer): T[] {
    const records: T[] = []
    for (let at = 0; at < message.length;) {
      if (message.length - at < HEAD) throw new ProtocolError('a message that ends in the head of a record')
      const kind = message.readUInt8(at)
      const stream = message.readUInt32BE(at + 1)
      const from = at + HEAD
      at = from + message.readUInt32BE(at + 5)
      if (at > message.length) throw new ProtocolError('a message that ends in a record')
      const raw = this.#join(kind, stream, message.subarray(from, at))
      if (raw !== undefined) records.push(this.#decode(raw))
    }
    return records
  }

  #join (kind: number, stream: number, piece: Buffer): Raw | undefined {
    const unfinished = this.#unfinished.get(stream)
    const isPart = (kind & MORE) !== 0
    if (unfinished === undefined && !isPart) return toRaw(kind, stream, piece)
    const whole = kind & ~MORE
    if (isPart && piece.length !== PIECE) throw new ProtocolError('a piece of another size than 64 KiB')
    if (unfinished !== undefined && unfinished.kind !== whole) throw new ProtocolError('a record inside another one of its stream')
    if (this.#bytes + piece.length > this.#maxBytes()) throw new ProtocolError('too many bytes of records that are not complete')
    const pieces = unfinished?.pieces ?? []
    pieces.push(piece)
    if (isPart) {
      this.#bytes += piece.length
      if (unfinished === undefined) this.#unfinished.set(stream, { kind: whole, pieces })
      return undefined
    }
    this.#bytes -= PIECE * (pieces.length - 1)
    this.#unfinished.delete(stream)
    return toRaw(whole, stream, Buffer.concat(pieces))
  }
}

const toRaw = (kind: number, stream: number, body: Buffer): Raw => ({ kind: kind & ~BYTES, stream, isBytes: (kind & BYTES) !== 0, body: new FieldReader(body) })
