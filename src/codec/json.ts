// JSON as revision 1 needs it. Pure: no clock, no I/O.

const SEPARATORS = /[\u2028\u2029]/g
const escapeSeparator = (character: string): string => character === '\u2028' ? '\\u2028' : '\\u2029'

/**
 * JSON text without raw U+2028 and U+2029. Both of the old parsers cut an acknowledgement's arguments there, and as
 * script the text would be a syntax error in browsers of the time (WIRE.md 3 and 5). What has no JSON form is null.
 */
export function toJson (value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(SEPARATORS, escapeSeparator)
}
