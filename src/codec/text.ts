// Text as Engine.IO 3 writes it. Pure: no clock, no I/O, no Fastify.

/** One UTF-8 sequence of more than a byte, each byte a character. Surrogates have one too, as in the client's own encoder. */
const SEQUENCE = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g
const NOT_ASCII = /[^\0-\x7f]/
/** What stands before the JSON in a Socket.IO packet inside an Engine.IO message. */
const HEAD = /^4[0-6][^"[{]*/

/** Whether the text holds nothing else. */
export const isAscii = (text: string): boolean => !NOT_ASCII.test(text)

/** The string whose characters are the UTF-8 bytes of the text. */
export const toByteString = (text: string): string => Buffer.from(text).toString('latin1')

function toCharacter (sequence: string): string {
  const [first = 0, ...rest] = Buffer.from(sequence, 'latin1')
  // The first byte has as many bits of its own as its length leaves: 5, 4 or 3.
  return String.fromCodePoint(rest.reduce((code, byte) => code << 6 | (byte & 0x3f), first & (0x3f >> rest.length)))
}

/** The text of a string of UTF-8 bytes; undefined when it is none. */
export function fromByteString (bytes: string): string | undefined {
  if (!isAscii(bytes.replace(SEQUENCE, ''))) return undefined
  try {
    return bytes.replace(SEQUENCE, toCharacter)
  } catch { // beyond U+10FFFF
    return undefined
  }
}

function isJson (text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A Socket.IO packet with its JSON in ASCII, where escapes say the same; anything else as it is. */
export function toAsciiJson (frame: string): string {
  const head = HEAD.exec(frame)?.[0]
  if (head === undefined || !isAscii(head) || !isJson(frame.slice(head.length))) return frame
  return frame.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
