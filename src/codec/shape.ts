// Checks the nesting and the number of arguments in JSON of a peer, before it is parsed. Pure: no clock, no I/O.
import { ProtocolError } from './packet.js'

/** Bounds on the shape of one packet. */
export interface ShapeLimits {
  /** Levels of nested arrays and objects, at most. `JSON.stringify` fails at some thousands of levels. */
  readonly maxNesting: number
  /** Arguments of an event or an acknowledgement, at most. A call fails at some hundred thousand: `RangeError: Maximum call stack size exceeded`. */
  readonly maxArguments: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** Bytes of memory for each value of parsed JSON, at most, without its text. Measured on objects that all have different keys. */
export const VALUE_BYTES = 64

const TOO_DEEP = 'nested too deep'

/** @throws ProtocolError when `count` exceeds `maxArguments`. */
export function checkArguments (count: number, { maxArguments }: ShapeLimits): void {
  if (count > maxArguments) throw new ProtocolError(`more than ${maxArguments} arguments`)
}

/** Returns the index of the quote that ends the string. */
function endOfString (text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/**
 * Checks the JSON that begins at `start`: its nesting and, if it is a list, its number of entries. Does not check that the text is JSON: the
 * parser does.
 * @throws ProtocolError when it is too deep or too long.
 */
export function checkShape (text: string, start: number, maxNesting: number, maxEntries = Infinity): void {
  if (text.length - start <= Math.min(maxNesting, maxEntries)) return
  const isList = text.charCodeAt(start) === OPENING_BRACKET
  let depth = 0
  let entries = 1
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
    } else if (code === OPENING_BRACKET || code === OPENING_BRACE) {
      if (++depth > maxNesting) throw new ProtocolError(TOO_DEEP)
    } else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) {
      depth--
    } else if (code === COMMA && depth === 1 && isList) {
      if (++entries > maxEntries) throw new ProtocolError(`more than ${maxEntries} arguments`)
    }
  }
}

/** Tells whether a value is an object or array. Binary data is neither. */
const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)

/**
 * Checks the nesting of a decoded value. Goes level by level, because a recursion could exceed the stack.
 * @throws ProtocolError when it is nested too deep.
 */
export function checkDepth (value: unknown, maxNesting: number): void {
  let level = [value].filter(isContainer)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= maxNesting) throw new ProtocolError(TOO_DEEP)
    level = level.flatMap((container) => Object.values(container).filter(isContainer))
  }
}

/** Estimates the bytes of memory of the parsed JSON that begins at `start`, at most. They can be twenty times its text: `[[],[],…]`. */
export function weighJson (text: string, start: number): number {
  let values = 1
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA || code === OPENING_BRACKET || code === OPENING_BRACE) values++
  }
  return text.length + values * VALUE_BYTES
}
