// What is sent: a session of one way, frame by frame. It is plain data, so that a finding can be kept and replayed.

/**
 * One packet as the wire carries it: text, text whose UTF-8 is not well-formed, or a binary message. Bytes are written as a string with a
 * unit for each.
 */
export type Frame = string | { readonly raw: string } | { readonly binary: string }

/** A session, from its first frame to its last. */
export interface Script {
  /** A key of the table of ways. */
  readonly way: string
  /** Which node of the setup it connects to. */
  readonly node: number
  /** Sent first, and waited for: what connects to namespaces. */
  readonly prelude: readonly Frame[]
  readonly frames: readonly Frame[]
  /** Frames in one POST, or written in one go. */
  readonly perWrite: number
}

/** A finding's input: the scripts that are played together on a setup. */
export interface Scene {
  readonly setup: string
  readonly scripts: readonly Script[]
}

/** The characters or bytes of a frame. */
export const textOf = (frame: Frame): string => typeof frame === 'string' ? frame : 'raw' in frame ? frame.raw : frame.binary

/** A frame of the same kind with other content. */
export const withText = (frame: Frame, text: string): Frame => typeof frame === 'string' ? text : 'raw' in frame ? { raw: text } : { binary: text }

/** Pieces over and over; short ones that are not repeated often enough stay as they are. */
const REPEATED = /([^]{1,12}?)\1{15,}/g

/** Text as pieces, where a repeated piece stands once, with its count. */
export type Packed = string | (string | readonly [piece: string, count: number])[]

export function pack (text: string): Packed {
  const pieces: (string | [string, number])[] = []
  let end = 0
  for (const { 0: whole, 1: piece = '', index } of text.matchAll(REPEATED)) {
    if (index > end) pieces.push(text.slice(end, index))
    pieces.push([piece, whole.length / piece.length])
    end = index + whole.length
  }
  if (pieces.length === 0) return text
  if (end < text.length) pieces.push(text.slice(end))
  return pieces
}

export const unpack = (packed: Packed): string =>
  typeof packed === 'string' ? packed : packed.map((piece) => typeof piece === 'string' ? piece : piece[0].repeat(piece[1])).join('')

type PackedFrame = Packed | { raw: Packed } | { binary: Packed }

function packFrame (frame: Frame): PackedFrame {
  if (typeof frame === 'string') return pack(frame)
  return 'raw' in frame ? { raw: pack(frame.raw) } : { binary: pack(frame.binary) }
}

function unpackFrame (frame: PackedFrame): Frame {
  if (typeof frame === 'string' || Array.isArray(frame)) return unpack(frame)
  return 'raw' in frame ? { raw: unpack(frame.raw) } : { binary: unpack(frame.binary) }
}

/** A scene as a line of text. */
export function write ({ setup, scripts }: Scene): string {
  return JSON.stringify({ setup, scripts: scripts.map((script) => ({ ...script, prelude: script.prelude.map(packFrame), frames: script.frames.map(packFrame) })) })
}

interface Written { setup: string, scripts: (Omit<Script, 'prelude' | 'frames'> & { prelude: PackedFrame[], frames: PackedFrame[] })[] }

export function read (line: string): Scene {
  const { setup, scripts } = JSON.parse(line) as Written
  return { setup, scripts: scripts.map((script) => ({ ...script, prelude: script.prelude.map(unpackFrame), frames: script.frames.map(unpackFrame) })) }
}
