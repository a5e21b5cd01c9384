// JSON as revision 1 needs it, and how deep it may be nested. Pure: no clock, no I/O.
import { ProtocolError } from './packet.js'

const SEPARATORS = /[\u2028\u2029]/g
const escapeSeparator = (character: string): string => character === '\u2028' ? '\\u2028' : '\\u2029'

/**
 * JSON text without raw U+2028 and U+2029. Both of the old parsers cut an acknowledgement's arguments there, and as
 * script the text would be a syntax error in browsers of the time (WIRE.md 3 and 5). What has no JSON form is null.
 */
export function toJson (value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'null').replace(SEPARATORS, escapeSeparator)
  } catch (error) {
    throw ofPeer(error)
  }
}

/** Reading JSON goes deeper than writing it does: what a peer has nested too deep is a ProtocolError, not a fault of ours. */
export const ofPeer = (error: unknown): unknown => error instanceof RangeError ? new ProtocolError('nested too deep') : error

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** The index of the quote that ends a string. */
function endOfString (text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/**
 * Whether text is nested deeper than so many levels, read as JSON. Such text can be read by every application, and not be written:
 * `JSON.stringify` fails at some thousands of levels, wherever it is called.
 */
export function isDeeper (text: string, levels: number): boolean {
  if (text.length <= levels) return false
  let depth = 0
  for (let at = 0; at < text.length && depth <= levels; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (OPENING.has(code)) depth++
    else if (CLOSING.has(code)) depth--
  }
  return depth > levels
}
