// Payloads of revision 1: several packets in one body, each behind its length (docs/revision-1.md, Payloads). Pure: no clock, no I/O, no Fastify.
import { detachFrom } from './detach.js'
import { ProtocolError, TooManyPacketsError } from './packet.js'
import type { Frame } from './packet.js'

const MARK = '\ufffd'
const MARK_CODE = 0xfffd
const DIGITS = /^\d+$/
/** Digits of a length, at most. No payload is long enough for more, so the search for the end of the digits stops here. */
const LONGEST_LENGTH = 16

/** Encodes one frame as it is. Puts before each of several frames its length in UTF-16 code units. */
export function encodePayload (frames: readonly Frame[]): string {
  if (frames.length === 1) return String(frames[0])
  let payload = ''
  for (const frame of frames) {
    const text = String(frame)
    payload += MARK + text.length + MARK + text
  }
  return payload
}

/**
 * Returns the index at which a frame of this length ends. The index is beyond the text when the text is too short, and undefined when it would be inside
 * a character.
 */
type Measure = (text: string, start: number, length: number) => number | undefined

const inUnits: Measure = (_text, start, length) => start + length

/** Makes a measure that adds up the units of each character. */
const byCharacters = (count: (code: number) => number): Measure => (text, start, length) => {
  let at = start
  let rest = length
  while (rest > 0 && at < text.length) {
    const code = text.codePointAt(at) ?? 0
    rest -= count(code)
    at += code > 0xffff ? 2 : 1
  }
  if (rest < 0) return undefined
  return rest > 0 ? Infinity : at
}

/**
 * Wrong units in which some clients count lengths: code points (Python 3, gevent-socketio), and bytes of UTF-8 (Python 2 and C). A unit is used only if
 * all lengths of the body fit it, and do not fit the right unit.
 */
const WRONG: readonly Measure[] = [
  byCharacters(() => 1),
  byCharacters((code) => code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)
]

/**
 * Splits a payload by a measure. Returns undefined when the lengths do not fit.
 * @param short whether the last frame may be shorter than its length
 * @throws TooManyPacketsError
 */
function cut (payload: string, measure: Measure, maxPackets: number, short: boolean): string[] | undefined {
  const frames: string[] = []
  for (let at = 0; at < payload.length;) {
    if (frames.length === maxPackets) throw new TooManyPacketsError(maxPackets)
    if (payload.charCodeAt(at) !== MARK_CODE) return undefined
    const digits = payload.slice(at + 1, at + 2 + LONGEST_LENGTH).indexOf(MARK)
    const length = digits < 0 ? '' : payload.slice(at + 1, at + 1 + digits)
    if (!DIGITS.test(length)) return undefined
    const start = at + 2 + digits
    const end = measure(payload, start, Number(length))
    if (end === undefined || (end > payload.length && !short)) return undefined
    frames.push(detachFrom(payload, payload.slice(start, end)))
    at = end
  }
  return frames
}

/**
 * Splits a body into its frames. A body that does not begin with U+FFFD is one frame. If the last length is too long, the frame is the rest of the body, as
 * in the old server.
 * @throws ProtocolError when a length is missing or fits nowhere; TooManyPacketsError.
 */
export function decodePayload (body: string | Buffer, maxPackets = Infinity): string[] {
  const payload = String(body)
  if (payload.charCodeAt(0) !== MARK_CODE) return payload === '' ? [] : [payload]
  for (const measure of [inUnits, ...WRONG]) {
    const frames = cut(payload, measure, maxPackets, false)
    if (frames !== undefined) return frames
  }
  const frames = cut(payload, inUnits, maxPackets, true)
  if (frames === undefined) throw new ProtocolError('a frame has no length, or does not begin at the end of the frame before it')
  return frames
}
