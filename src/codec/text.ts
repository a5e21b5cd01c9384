// The two encodings of text in Engine.IO 3. Pure.

/** A UTF-8 sequence of several bytes, each byte as a character. Surrogates have one too, because the client's encoder writes them. */
const SEQUENCE = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g
const NOT_ASCII = /[^\0-\x7f]/
/** The part before the JSON of a Socket.IO packet in an Engine.IO message. */
const HEAD = /^4[0-6][^"[{]*/

/** Returns whether all characters of the text are ASCII. */
export const isAscii = (text: string): boolean => !NOT_ASCII.test(text)

/** Returns the string whose characters are the UTF-8 bytes of the text. */
export const toByteString = (text: string): string => Buffer.from(text).toString('latin1')

function toCharacter (sequence: string): string {
  const [first = 0, ...rest] = Buffer.from(sequence, 'latin1')
  // The first byte contains 5, 4 or 3 bits of the character, depending on the length of the sequence.
  return String.fromCodePoint(rest.reduce((code, byte) => code << 6 | (byte & 0x3f), first & (0x3f >> rest.length)))
}

/** Returns the text of a string of UTF-8 bytes; undefined if the string is no UTF-8. */
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

/** Escapes characters beyond ASCII in JSON. */
export const escapeJson = (json: string): string =>
  isAscii(json) ? json : json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Escapes the JSON of a Socket.IO packet to ASCII. Other text is returned unchanged. */
export function toAsciiJson (frame: string): string {
  const head = HEAD.exec(frame)?.[0]
  if (head === undefined || !isAscii(head) || !isJson(frame.slice(head.length))) return frame
  return escapeJson(frame)
}
