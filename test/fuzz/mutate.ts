// New inputs from old ones: what byte fuzzers do, on the UTF-16 units of a string. Inputs that are bytes have one unit for each.
import type { Random } from './random.js'

/** What the grammars of all dialects are made of, and numbers at the edges of what a length may be. */
export const TOKENS: readonly string[] = [
  '\ufffd', '\x1e', '\xff', '\0', '\x01', '\x04', ':', '::', ':::', '+', ',', '/', '-', '?', '\n', '\r\n', '"', '\\', '\\n', '\\\\', '%', '=', '&', 'd=', '<', '\u2028', '\u2029',
  '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '40', '41', '42', '43', '44', '45', '46', 'b', 'b4', 'bAQ==', 'b4AQ==', '2probe', '3probe', '51-', '451-', '461-', '45-', '42["', '430[]',
  '0:', '1:', '2:4', '1:4', '3:4', '0::', '1::', '2::', '3:::', '4:::', '5:::', '6:::', '7:::', '8::', '1+', ':1+:', ':1:', '6:::1+', '7:::1+0', '/chat', '/chat,', '/chat?a=1', '/a/../b', '//', '/ä',
  '-1', '00', '01', '1.0', '1e3', '0x1', '4294967296', '9007199254740993', '99999999999', '99999999999999999999', 'Infinity', 'NaN', '-0', '1e999',
  '"_placeholder":true', '{"_placeholder":true,"num":0}', '"num":0', '{"name":"', '"args":[', '{"name":"x","args":[]}', '[]', '{}', '["e"]', 'null', 'true', '"message"', '"error"', '"connect"',
  '"disconnecting"', '"__proto__"', '"constructor"', '__proto__', '[', '{', ']', '}', '</script>', '<!--', '<script>', '-->', '--', '\n--socketio', '%0A', '%22', '%ff', '%', '+',
  'é', 'Ã©', '\xc3\xa9', '\xe2\x82\xac', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xc0\x80', '漢', '😀', '\ud83d', '\ude00', '\u200d', '\u2029"'
]

/** Longer inputs are cut. */
const LONG = 4000
/** Now and then one is this long: what takes time in proportion to its square is noticed then. */
const VERY_LONG = 100_000

type Mutation = (input: string, random: Random, other: () => string, tokens: readonly string[]) => string

const cut = (input: string, at: number, length: number, instead: string): string => input.slice(0, at) + instead + input.slice(at + length)

const somewhere = (input: string, random: Random): number => random.below(input.length + 1)

/** A part of the input. */
function part (input: string, random: Random): { at: number, length: number } {
  const at = somewhere(input, random)
  return { at, length: random.small(input.length - at + 1) }
}

const flip: Mutation = (input, random) => {
  const at = random.below(input.length || 1)
  const bit = random.oneIn(8) ? random.below(16) : random.below(8)
  return cut(input, at, 1, String.fromCharCode((input.charCodeAt(at) || 0) ^ (1 << bit)))
}

const unit: Mutation = (input, random) => cut(input, somewhere(input, random), random.below(2), String.fromCharCode(random.below(random.oneIn(4) ? 0x10000 : 0x100)))

const token: Mutation = (input, random, _other, tokens) => {
  const chosen = random.pick(tokens)
  return cut(input, somewhere(input, random), random.oneIn(3) ? chosen.length : 0, chosen)
}

const drop: Mutation = (input, random) => {
  const { at, length } = part(input, random)
  return cut(input, at, length || 1, '')
}

const truncate: Mutation = (input, random) => input.slice(0, somewhere(input, random))

const repeat: Mutation = (input, random) => {
  const { at, length } = part(input, random)
  return cut(input, at, 0, input.slice(at, at + length).repeat(random.between(1, 4)))
}

const splice: Mutation = (input, random, other) => {
  const from = other()
  return input.slice(0, somewhere(input, random)) + from.slice(somewhere(from, random))
}

const insert: Mutation = (input, random, other) => {
  const from = other()
  const { at, length } = part(from, random)
  return cut(input, somewhere(input, random), 0, from.slice(at, at + length))
}

const swap: Mutation = (input, random) => {
  const middle = somewhere(input, random)
  return input.slice(middle) + input.slice(0, middle)
}

/** A number in it becomes another one: off by little, of another sign or form, or what is left of the input. */
const renumber: Mutation = (input, random) => {
  const numbers = [...input.matchAll(/\d+/g)]
  if (numbers.length === 0) return input + String(random.below(20))
  const { index, 0: digits } = random.pick(numbers)
  const value = Number(digits)
  const rest = input.length - index - digits.length
  const instead = random.pick([value + 1, value - 1, -value, value * 10, 0, rest, rest - 1, rest + 1, `0${digits}`, `+${digits}`, ` ${digits}`, digits.repeat(5), 2 ** 31, 2 ** 53])
  return cut(input, index, digits.length, String(instead))
}

const nest: Mutation = (input, random) => {
  const depth = random.oneIn(20) ? 9000 : random.between(1, 30)
  const [open, close] = random.pick([['[', ']'], ['{"a":', '}'], ['[{"b":', '}]']] as const)
  const { at, length } = part(input, random)
  return cut(input, at, length, open.repeat(depth) + input.slice(at, at + length) + (random.oneIn(4) ? '' : close.repeat(depth)))
}

const MUTATIONS: readonly Mutation[] = [flip, flip, unit, unit, token, token, token, token, drop, drop, truncate, repeat, splice, insert, swap, renumber, renumber, nest]

/** What a fuzzer makes new inputs of. */
export interface Stock {
  readonly inputs: readonly string[]
  readonly tokens: readonly string[]
}

/** A very long input, of one piece over and over. */
export function enlarge (input: string, random: Random): string {
  const { at, length } = part(input, random)
  const piece = input.slice(at, at + (length || 1)) || random.pick(TOKENS)
  return (input.slice(0, at) + piece.repeat(Math.ceil(VERY_LONG / piece.length)) + input.slice(at)).slice(0, VERY_LONG)
}

/** One of the inputs, changed in one place or several. */
export function mutate ({ inputs, tokens }: Stock, random: Random): string {
  const other = (): string => random.pick(inputs)
  let input = other()
  for (let rounds = 1 + random.small(6); rounds > 0; rounds--) input = random.pick(MUTATIONS)(input, random, other, tokens)
  return input.length > LONG && !random.oneIn(50) ? input.slice(0, LONG) : input
}
