// Payloads of Engine.IO 3, which have three forms (docs/engine-3-payloads.md): binary, and two kinds of text that a request does not identify. Pure.
// State: the kind of text that the client writes, as soon as one of its payloads shows it.
import { detachFrom } from './detach.js'
import { isFrame, toText } from './engine-io.js'
import { ProtocolError, TooManyPacketsError } from './packet.js'
import type { Frame, PayloadCodec } from './packet.js'
import { fromByteString, isAscii, toAsciiJson, toByteString } from './text.js'

/** How text payloads encode characters beyond ASCII: as a string of UTF-8 bytes (clients 1.x), or unchanged (2.x). */
type TextForm = 'bytes' | 'plain'

/** What the handshake shows of a client. */
export interface Engine3Init {
  /** Whether it accepts binary payloads: it sends no `b64`, and does not use JSONP. */
  readonly binary: boolean
  /** Whether it is a client 1.0 to 1.3. If these accept binary payloads, they read no others. */
  readonly early: boolean
}

const IS_TEXT = 0
const IS_BINARY = 1
const END_OF_LENGTH = 255
/** The maximum number of digits in a length. */
const MAX_DIGITS = 10

/** Decodes `0|1`, the decimal digits of the length in bytes, 255, then so many bytes of UTF-8 or of a binary packet. */
function encodeBinary (frames: readonly Frame[]): Buffer {
  return Buffer.concat(frames.flatMap((frame) => {
    const bytes = typeof frame === 'string' ? Buffer.from(frame) : frame
    const head = [typeof frame === 'string' ? IS_TEXT : IS_BINARY, ...String(bytes.length).split('').map(Number), END_OF_LENGTH]
    return [Buffer.from(head), bytes]
  }))
}

function decodeBinary (body: Buffer, maxPackets: number): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < body.length;) {
    if (frames.length === maxPackets) throw new TooManyPacketsError(maxPackets)
    const kind = body[at]
    const end = body.subarray(at + 1, at + 2 + MAX_DIGITS).indexOf(END_OF_LENGTH)
    const digits = [...body.subarray(at + 1, at + 1 + end)]
    if ((kind !== IS_TEXT && kind !== IS_BINARY) || end < 1 || digits.some((digit) => digit > 9)) throw new ProtocolError('a packet has no valid length')
    const start = at + 2 + end
    at = start + Number(digits.join(''))
    if (at > body.length) throw new ProtocolError('a packet is shorter than its length says')
    const bytes = body.subarray(start, at)
    frames.push(kind === IS_TEXT ? bytes.toString() : bytes)
  }
  return frames
}

/** Splits at `length:`, with lengths in UTF-16 code units. */
function split (body: string, maxPackets: number): string[] {
  const pieces: string[] = []
  for (let at = 0; at < body.length;) {
    if (pieces.length === maxPackets) throw new TooManyPacketsError(maxPackets)
    const colon = body.slice(at, at + MAX_DIGITS + 1).indexOf(':')
    const length = body.slice(at, at + Math.max(colon, 0))
    if (!/^\d+$/.test(length)) throw new ProtocolError('a packet has no valid length')
    const start = at + colon + 1
    at = start + Number(length)
    if (at > body.length) throw new ProtocolError('a packet is shorter than its length says')
    if (at > start) pieces.push(detachFrom(body, body.slice(start, at))) // a client without packets writes `0:`
  }
  return pieces
}

/** The payloads of one session of Engine.IO 3. */
export class Engine3Payloads implements PayloadCodec {
  readonly #binary: boolean
  readonly #early: boolean
  #textForm: TextForm | undefined

  constructor ({ binary, early }: Engine3Init) {
    this.#binary = binary
    this.#early = early
    if (early) this.#textForm = 'bytes'
  }

  encodePayload (frames: readonly Frame[]): string | Buffer {
    // ASCII is the same in both kinds of text, and the binary form is the same for all clients.
    if (this.#binary && (this.#early || !frames.every((frame) => typeof frame === 'string' && isAscii(frame)))) return encodeBinary(frames)
    let payload = ''
    for (const frame of frames) {
      const text = this.#encodeText(toText(frame, 3))
      payload += `${text.length}:${text}`
    }
    return payload
  }

  #encodeText (text: string): string {
    if (this.#textForm === 'plain' || isAscii(text)) return text
    // JSON can be written so that both kinds read the same. The kind is certain only for early clients.
    const safe = this.#early ? text : toAsciiJson(text)
    return this.#textForm === 'bytes' ? toByteString(safe) : safe
  }

  decodePayload (body: string | Buffer, maxPackets = Infinity): Frame[] {
    if (body.length === 0) throw new ProtocolError('the payload is empty')
    const frames = typeof body === 'string' ? split(body, maxPackets).map((text) => this.#decodeText(text)) : decodeBinary(body, maxPackets)
    if (!frames.every((frame) => typeof frame !== 'string' || isFrame(frame, 3))) throw new ProtocolError('not a packet')
    return frames
  }

  #decodeText (text: string): string {
    if (this.#textForm === 'plain' || isAscii(text)) return text
    const decoded = fromByteString(text)
    // Text that is not UTF-8 bytes shows the second kind for certain. Text that could be UTF-8 bytes is only very likely of the first kind.
    if (!this.#early) this.#textForm = decoded === undefined ? 'plain' : 'bytes'
    return decoded ?? text
  }
}
