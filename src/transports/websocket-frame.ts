// Makes the WebSocket frames of messages with ws, and keeps the last one for the next receiver of a broadcast.
import { LastEncoded } from '../codec/last-encoded.js'
import type { Frame } from '../codec/packet.js'
import { makeFrame } from '../private/ws-frames.js'
import type { FrameOptions } from '../private/ws-frames.js'

const optionsFor = (opcode: number): FrameOptions => ({ fin: true, opcode, mask: false, readOnly: true, rsv1: false })
const TEXT = optionsFor(1)
const BINARY = optionsFor(2)
/** Up to this many bytes, one write of a copy costs less than one of two pieces. */
const SMALL = 16 * 1024
/** Up to this many characters, heads of text are kept, one for each length. */
const SHORT = 1024

/** One frame, to be written in one go. */
export interface Pieces {
  /** All of it or, before a payload, its head; text is Latin-1, a byte a character. */
  readonly head: string | Buffer
  readonly payload: Buffer | undefined
  /** bytes */
  readonly size: number
}

function piecesOf (data: Buffer, options: FrameOptions): Pieces {
  const pieces = makeFrame(data, options)
  const [head, payload] = pieces
  const size = head.length + data.length
  if (payload === undefined || data.length > SMALL) return { head, payload, size }
  return { head: Buffer.concat(pieces), payload: undefined, size }
}

const heads = new Array<string | undefined>(SHORT + 1)

/** The head of a text of so many bytes, each byte a character. */
function headOf (length: number): string {
  heads[length] ??= makeFrame(Buffer.alloc(length), TEXT)[0].toString('latin1')
  return heads[length]
}

function textOf (text: string): Pieces {
  const { length } = text
  if (length > SHORT || Buffer.byteLength(text) !== length) return piecesOf(Buffer.from(text), TEXT)
  // ASCII: written as a string it takes no Buffer, and Node no copy but its own.
  const head = headOf(length) + text
  return { head, payload: undefined, size: head.length }
}

const last = new LastEncoded<Pieces>()
const clear = (): void => last.clear()

/** Returns the frame of a message. Only frames of text are kept, because the application may change a Buffer between two sends. */
export function toPieces (frame: Frame): Pieces {
  if (typeof frame !== 'string') return piecesOf(frame, BINARY)
  const found = last.find(frame)
  if (found !== undefined) return found
  const pieces = last.keep(frame, textOf(frame))
  if (pieces.size > SMALL) setImmediate(clear) // a large frame is kept only for the broadcast of this turn
  return pieces
}
