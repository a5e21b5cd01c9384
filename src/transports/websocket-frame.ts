// Makes the WebSocket frames of messages with ws, and keeps the last one for the next receiver of a broadcast.
import { LastEncoded } from '../codec/last-encoded.js'
import type { Frame } from '../codec/packet.js'
import { makeFrame } from '../private/ws-frames.js'
import type { FrameOptions } from '../private/ws-frames.js'

const optionsFor = (opcode: number): FrameOptions => ({ fin: true, opcode, mask: false, readOnly: true, rsv1: false })
const TEXT = optionsFor(1)
const BINARY = optionsFor(2)
/** Up to this many bytes, copying head and payload into one Buffer costs less than two writes. */
const SMALL = 16 * 1024
/** Up to this many characters, the head of a text frame is kept for each length. */
const SHORT = 1024

/** One frame, as it is written to the connection. */
export interface Pieces {
  /** The whole frame, or its head if there is a payload. A string is written as Latin-1. */
  readonly head: string | Buffer
  readonly payload: Buffer | undefined
  /** Bytes of the whole frame. */
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

/** Returns the head of a text frame with so many bytes, as Latin-1. */
function headOf (length: number): string {
  heads[length] ??= makeFrame(Buffer.alloc(length), TEXT)[0].toString('latin1')
  return heads[length]
}

function textOf (text: string): Pieces {
  const { length } = text
  if (length > SHORT || Buffer.byteLength(text) !== length) return piecesOf(Buffer.from(text), TEXT)
  // ASCII is written as a string: that needs no Buffer.
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
