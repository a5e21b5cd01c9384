// Payloads of Engine.IO 3, which come in three forms (docs/engine-3-payloads.md): binary, and two kinds of text that no request tells
// apart. Pure: no clock, no I/O, no Fastify. State: which kind of text the client writes, as soon as it has shown it.
import { detachFrom } from './detach.js'
import { isFrame, toText } from './engine-io.js'
import { ProtocolError, TooManyPacketsError } from './packet.js'
import type { Frame, PayloadCodec } from './packet.js'
import { fromByteString, isAscii, toAsciiJson, toByteString } from './text.js'

/** How a text payload holds what is not ASCII: each packet as the string of its UTF-8 bytes (clients 1.x), or as it is (2.x). */
type TextForm = 'bytes' | 'plain'

/** What is known of a client at its handshake. */
export interface Engine3Init {
  /** Whether it takes binary payloads: no `b64`, no JSONP. */
  readonly binary: boolean
  /** Whether it is one of 1.0 to 1.3: these say so, and read nothing but binary payloads where they take them. */
  readonly early: boolean
}

const IS_TEXT = 0
const IS_BINARY = 1
const END_OF_LENGTH = 255
/** Digits of a length, at most: more than any payload needs. */
const MAX_DIGITS = 10

/** `0|1`, the decimal digits of the length in bytes, 255, then so many bytes: of UTF-8, or of a binary packet. */
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

/** The packets between `length:`, lengths in UTF-16 code units. */
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
    if (at > start) pieces.push(detachFrom(body, body.slice(start, at))) // `0:` is how the client writes no packet at all
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
    // ASCII is the same in every form; the binary one is the same for every client that takes it.
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
    // What is JSON has a form that both kinds read alike; only early clients are known for certain.
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
    // What is no string of UTF-8 bytes cannot come from a client that writes those. The other way it is only very likely.
    if (!this.#early) this.#textForm = decoded === undefined ? 'plain' : 'bytes'
    return decoded ?? text
  }
}
