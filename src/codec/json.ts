// JSON as revision 1 needs it. Pure: no clock, no I/O.
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
