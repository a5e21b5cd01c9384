// How deep and how wide JSON of a peer may be, counted in its text before it is parsed. Pure: no clock, no I/O.
import { ProtocolError } from './packet.js'

/** Bounds on the shape of one packet. */
export interface ShapeLimits {
  /** Levels of arrays and objects in each other. `JSON.stringify` fails at some thousands, wherever it is called. */
  readonly maxNesting: number
  /** Arguments of an event or an acknowledgement. A call fails at some hundred thousand: `RangeError: Maximum call stack size exceeded`. */
  readonly maxArguments: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPENING_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/** What each value of parsed JSON takes of memory beside its text, at most; bytes. Measured on objects with names of their own. */
export const VALUE_BYTES = 64

const TOO_DEEP = 'nested too deep'

/** @throws ProtocolError when there are more arguments than there may be. */
export function checkArguments (count: number, { maxArguments }: ShapeLimits): void {
  if (count > maxArguments) throw new ProtocolError(`more than ${maxArguments} arguments`)
}

/** The index of the quote that ends a string. */
function endOfString (text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/**
 * Checks the JSON that begins at `start`: its nesting and, where it is a list, its number of entries. Text that is no JSON may pass: whoever
 * parses it finds out.
 * @param maxEntries the most entries of the list; by default, it may be as long as it likes
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

/** Whether a value is one that may hold others; binary is none. */
const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)

/**
 * The same for a value that a custom parser has made. Goes level by level, for a recursion could be too deep itself.
 * @throws ProtocolError when it is nested too deep.
 */
export function checkDepth (value: unknown, maxNesting: number): void {
  let level = [value].filter(isContainer)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= maxNesting) throw new ProtocolError(TOO_DEEP)
    level = level.flatMap((container) => Object.values(container).filter(isContainer))
  }
}

/** About what the parsed JSON takes of memory that begins at `start`, at most; bytes. It can be twenty times its text: `[[],[],…]`. */
export function weighJson (text: string, start: number): number {
  let values = 1
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA || code === OPENING_BRACKET || code === OPENING_BRACE) values++
  }
  return text.length + values * VALUE_BYTES
}
