// JSON as revision 1 needs it. Pure: no clock, no I/O.
import { ProtocolError } from './packet.js'

const SEPARATORS = /[\u2028\u2029]/
/** Text that is full of them takes less than half of the time by `split` that it takes by `replace`. */
const escapeSeparators = (json: string): string =>
  SEPARATORS.test(json) ? json.split('\u2028').join('\\u2028').split('\u2029').join('\\u2029') : json

/**
 * JSON text without raw U+2028 and U+2029. Both old parsers cut an acknowledgement's arguments there, and in a script they are a
 * syntax error in old browsers (docs/revision-1.md, Packets). A value without a JSON form becomes null.
 */
export function toJson (value: unknown): string {
  try {
    return escapeSeparators(JSON.stringify(value) ?? 'null')
  } catch (error) {
    throw asProtocolError(error)
  }
}

/** Reading JSON goes deeper than writing it does: what a peer has nested too deep is a ProtocolError, not a fault of ours. */
export const asProtocolError = (error: unknown): unknown => error instanceof RangeError ? new ProtocolError('nested too deep') : error
