// JSON text of every shape: small ones most of the time, and now and then one that is very wide, deep or long. It is made as text, since
// much of it is nothing that JSON.stringify would write.
import type { Random } from '../random.js'

const ATOMS = [
  '0', '1', '-1', '-0', '1e400', '-1e400', '1e-400', '9007199254740993', '18446744073709551616', '0.1', '1E+2', '4294967295', 'null', 'true', 'false', '""', '[]', '{}', '"a"',
  '"\\ud800"', '"\\udc00x"', '"\\u2028"', '"\u2028\u2029"', '"\\u0000"', '"\\n"', '"</script>"', '"漢😀"', '"__proto__"', '"constructor"', '"0"', '"-1"', '"1e9"', '"true"',
  '{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":99}', '{"_placeholder":true}', '{"_placeholder":true,"num":"0"}', '{"type":"Buffer","data":[1,2]}', '{"base64":true,"data":"AA=="}',
  '{"toJSON":1}', '{"toString":1}', '{"toString":null,"valueOf":null}', '{"then":1}', '{"length":1e9}', '{"length":-1}', '{"size":1}', '{"__proto__":{"a":1}}', '{"__proto__":null}',
  '{"constructor":{"prototype":{"x":1}}}', '{"hasOwnProperty":1}', '{"a":1,"a":2}', '[[[]]]', '{"0":0,"1":1}', '{"data":[],"nsp":"/","type":2}', '{"pid":"a","offset":"b"}', '{"responses":1,"message":2}'
]
export const KEYS = [
  'a', '', '0', '-1', '__proto__', 'constructor', 'prototype', 'toString', 'toJSON', 'valueOf', 'then', 'length', 'hasOwnProperty', '_placeholder', 'num', 'type', 'data', 'nsp', 'id', 'name', 'args',
  'rooms', 'except', 'flags', 'uid', 'sid', 'auth', 'pid', 'offset', 'token', '\\u0000', '\\ud800', '\u2028', '漢', 'x y', 'constructor.prototype'
]

/** Levels that a small value may have. */
const SMALL_DEPTH = 5

function list (random: Random, depth: number): string {
  return `[${Array.from({ length: random.small(5) }, () => small(random, depth + 1)).join(',')}]`
}

function object (random: Random, depth: number): string {
  return `{${Array.from({ length: random.small(4) }, () => `"${random.pick(KEYS)}":${small(random, depth + 1)}`).join(',')}}`
}

/** A value of some characters. */
export function small (random: Random, depth = 0): string {
  const kind = depth < SMALL_DEPTH ? random.below(8) : 7
  return kind === 0 ? list(random, depth) : kind < 3 ? object(random, depth) : random.pick(ATOMS)
}

/** Sizes at which something may change: of stacks, of argument lists, of bounds. */
const WIDTHS = [100, 255, 256, 257, 1000, 1001, 5000, 10_000, 30_000, 65_535, 65_536, 70_000, 100_000, 125_000, 131_072, 200_000, 400_000]
const DEPTHS = [100, 990, 1000, 1010, 2000, 3500, 5000, 8000, 10_000, 20_000, 50_000, 100_000, 200_000]
const PAIRS = [['[', ']', '0'], ['{"a":', '}', '0'], ['[{"b":', '}]', '[]'], ['[0,', ']', '{}'], ['{"__proto__":', '}', '1'], ['[[],', ',[]]', 'null']] as const

function deep (random: Random): string {
  const [open, close, core] = random.pick(PAIRS)
  const depth = Math.min(random.pick(DEPTHS), Math.floor(900_000 / (open.length + close.length)))
  return open.repeat(depth) + core + (random.oneIn(8) ? '' : close.repeat(depth))
}

const numbered = (count: number, item: (i: number) => string): string => Array.from({ length: count }, (_, i) => item(i)).join(',')

/** Items of a list without its brackets, so that they can be arguments as well. */
export function wide (random: Random): string {
  const width = random.pick(WIDTHS)
  const item = random.pick(['0', '0', '[]', '""', '{}', '-0'])
  return `${item},`.repeat(width - 1) + item
}

/** A value that is large in one way. */
export function large (random: Random): string {
  const count = Math.min(random.pick(WIDTHS), 60_000)
  switch (random.below(10)) {
    case 0: return `[${wide(random)}]`
    case 1: return `{${numbered(count, (i) => `"k${i}":0`)}}`
    case 2: return `{"${random.pick(['k', '\\u0000', '漢', '__proto__']).repeat(count)}":1}`
    case 3: return `"${random.pick(['x', '\\u2028', '\\ud800', '漢', '\\\\', '\\"']).repeat(count)}"`
    case 4: return random.pick(['9', '-1', '0.', '1e']) + '9'.repeat(random.pick([400, 5000, 100_000]))
    case 5: return `[${numbered(Math.min(count, 5000), () => small(random, 4))}]`
    default: return deep(random)
  }
}

/** A value: large once in a few hundred times. */
export const value = (random: Random, rarity = 300): string => random.oneIn(rarity) ? large(random) : small(random)

/** Arguments, without brackets. */
export function argumentsText (random: Random): string {
  if (random.oneIn(700)) return wide(random)
  const count = random.small(4)
  return Array.from({ length: count }, () => value(random)).join(',')
}
