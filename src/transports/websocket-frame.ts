// What a message looks like on the connection: the library makes the frame, and the last one is kept for its next receiver.
import { Sender } from 'ws'
import type { Frame } from '../codec/packet.js'

declare module 'ws' {
  /** Exported by ws since 8.0, and not in its types. Broadcasts of the official Server use it too (socket.io-adapter). */
  class Sender {
    /** The pieces of one frame: its head and, unless it is empty, the payload. */
    static frame (data: Buffer, options: FrameOptions): [Buffer] | [Buffer, Buffer]
  }
}

interface FrameOptions { fin: boolean, opcode: number, mask: boolean, readOnly: boolean, rsv1: boolean }

const optionsFor = (opcode: number): FrameOptions => ({ fin: true, opcode, mask: false, readOnly: true, rsv1: false })
const TEXT = optionsFor(1)
const BINARY = optionsFor(2)
/** Up to this many bytes, one write of a copy costs less than one of two pieces. */
const SMALL = 16 * 1024

/** One frame, to be written in one go. */
export interface Pieces {
  /** All of it or, before a payload, its head. */
  readonly bytes: Buffer
  readonly payload: Buffer | undefined
}

function frameOf (frame: Frame): Pieces {
  const pieces = typeof frame === 'string' ? Sender.frame(Buffer.from(frame), TEXT) : Sender.frame(frame, BINARY)
  const [head, payload] = pieces
  if (payload === undefined || payload.length > SMALL) return { bytes: head, payload }
  return { bytes: Buffer.concat(pieces), payload: undefined }
}

let last: string | undefined
let lastPieces: Pieces = { bytes: Buffer.alloc(0), payload: undefined }

/** A message as it is written. The same text again, as in a broadcast, is not framed again; binary may have changed meanwhile. */
export function toPieces (frame: Frame): Pieces {
  if (typeof frame !== 'string') return frameOf(frame)
  if (frame !== last) {
    lastPieces = frameOf(frame)
    last = frame
  }
  return lastPieces
}
