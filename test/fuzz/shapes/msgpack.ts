// Packets as socket.io-msgpack-parser reads them, byte by byte: a unit of a string for each byte. Lengths are what they say, or lies.
import { mutate } from '../mutate.js'
import type { Random } from '../random.js'
import { anyNamespace, RESERVED } from './names.js'
import type { Frame } from './script.js'
import { KEYS } from './values.js'

const big = (value: number, length: number): string => Array.from({ length }, (_, i) => String.fromCharCode(Math.floor(value / 256 ** (length - 1 - i)) % 256)).join('')
const byte = String.fromCharCode

export function str (text: string): string {
  const bytes = Buffer.from(text).toString('latin1')
  const { length } = bytes
  return (length < 32 ? byte(0xa0 | length) : length < 0x10000 ? `\xda${big(length, 2)}` : `\xdb${big(length, 4)}`) + bytes
}

const listHead = (length: number): string => length < 16 ? byte(0x90 | length) : length < 0x10000 ? `\xdc${big(length, 2)}` : `\xdd${big(length, 4)}`
const list = (items: readonly string[]): string => listHead(items.length) + items.join('')
const map = (entries: readonly (readonly [key: string, value: string])[]): string => byte(0x80 | entries.length) + entries.map((entry) => entry.join('')).join('')

const NIL = '\xc0'
const ATOMS = [
  '\x00', '\x7f', '\xff', NIL, '\xc2', '\xc3', '\xa0', '\x90', '\x80', '\xcb\x7f\xf8\0\0\0\0\0\0', '\xcb\x7f\xf0\0\0\0\0\0\0', '\xcb\x80\0\0\0\0\0\0\0', '\xcf\xff\xff\xff\xff\xff\xff\xff\xff', '\xd3\x80\0\0\0\0\0\0\0',
  '\xd4\x00\x00', '\xd4\x01\x00', '\xd6\xff\0\0\0\x01', '\xd7\xff\xff\xff\xff\xff\xff\xff\xff\xff', '\xd7\x00\xff\xff\xff\xff\xff\xff\xff\xff', '\xc7\x0c\xff\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff',
  '\xc4\x03abc', '\xc7\x03\x00abc', '\xc7\x03\x05abc', '\xc8\x00\x02\x00ab', '\xa1\xff', '\xa3\xed\xa0\x80', '\xa4\xf4\x90\x80\x80', '\xa3\xe2\x80\xa8'
]
/** Lengths far beyond the message. */
const LIES = ['\xdd\xff\xff\xff\xff', '\xdd\x05\xf5\xe1\x00', '\xdc\xff\xff', '\xdf\xff\xff\xff\xff', '\xde\xff\xff', '\xdb\xff\xff\xff\xff', '\xda\xff\xff', '\xc6\xff\xff\xff\xff', '\xc9\xff\xff\xff\xff\x00', '\xc9\x20\x00\x00\x00\x00', '\xc9\xff\xff\xff\xff\x05', '\xc9\x7f\xff\xff\xff\xff', '\xc8\xff\xff\x00', '\xc1']

const key = (random: Random): string => str(JSON.parse(`"${random.pick(KEYS)}"`) as string)

/** A value of some bytes. */
function small (random: Random, depth = 0): string {
  const kind = depth < 4 ? random.below(10) : 9
  if (kind === 0) return list(Array.from({ length: random.small(5) }, () => small(random, depth + 1)))
  if (kind > 2) return random.oneIn(3) ? key(random) : random.pick(ATOMS)
  return map(Array.from({ length: random.small(4) }, () => [random.oneIn(8) ? small(random, depth + 1) : key(random), small(random, depth + 1)]))
}

const WIDTHS = [1000, 1001, 10_000, 65_535, 65_536, 100_000, 125_000, 200_000, 400_000]
const DEPTHS = [990, 1000, 1010, 3000, 6000, 10_000, 50_000, 100_000]

function large (random: Random): string {
  const count = random.pick(WIDTHS)
  switch (random.below(6)) {
    case 0: return listHead(count) + random.pick(['\x00', NIL, '\x90', '\x80']).repeat(count)
    case 1: return `\xdf${big(count, 4)}${Array.from({ length: count }, (_, i) => `\xce${big(i, 4)}\x00`).join('')}`
    case 2: return str('x'.repeat(count))
    case 3: return `\xc9${big(count, 4)}${random.pick(['\x00', '\x05'])}${'\0'.repeat(count)}`
    default: {
      const opening = random.pick(['\x91', `\x81${str('a')}`, `\x81${str('__proto__')}`, `\x91\x81${str('b')}`, '\x92\x00', '\xdc\x00\x01'])
      return opening.repeat(random.pick(DEPTHS)) + random.pick([NIL, '\x00', ''])
    }
  }
}

export const mpValue = (random: Random, rarity = 500): string => random.oneIn(rarity) ? large(random) : small(random)

function name (random: Random): string {
  return random.oneIn(25) ? random.oneIn(2) ? str(random.pick(RESERVED)) : mpValue(random, 40) : ''
}

/** An argument list, its name first where it has one. */
function data (random: Random, named: string): string {
  if (random.oneIn(700)) {
    const count = random.pick(WIDTHS)
    return listHead(count + 1) + (named || '\x00') + '\x00'.repeat(count)
  }
  return list([...named === '' ? [] : [named], ...Array.from({ length: random.small(4) }, () => mpValue(random))])
}

/** A packet: its fields in order, in the Server's names for them. */
export const mpPacket = (type: number, nsp: string, fields: readonly (readonly [string, string])[]): Frame =>
  ({ binary: map([[str('type'), byte(type)], [str('nsp'), str(nsp)], ...fields.map(([field, value]) => [str(field), value] as const)]) })

/** A CONNECT packet. */
export function mpConnect (random: Random, nsp: string): Frame {
  const auth = map([[key(random), mpValue(random, 60)]])
  return mpPacket(0, nsp, random.oneIn(3) ? [['data', auth]] : [])
}

/** A packet that ends nothing. @param eventText the name of an event, as JSON */
export function mpTame (random: Random, nsp: string, eventText: string): Frame {
  const id: [string, string][] = random.oneIn(3) ? [['id', byte(random.small(40))]] : []
  if (random.oneIn(5)) return mpPacket(3, nsp, [['data', data(random, '')], ['id', byte(random.small(40))]])
  return mpPacket(2, nsp, [['data', data(random, name(random) || str(String(JSON.parse(eventText))))], ...id])
}

/** What the parser is to refuse, and what it is not but nobody sends. */
export function mpWild (random: Random, tame: () => Frame): Frame {
  const { binary } = tame() as { binary: string }
  switch (random.below(6)) {
    case 0: return { binary: random.pick(LIES) }
    case 1: return mpPacket(random.below(6), anyNamespace(random), [['data', random.oneIn(2) ? random.pick(LIES) : mpValue(random, 20)]])
    case 2: return mpPacket(2, '/', [['data', list([random.pick([...LIES, str('all'), str('keep'), map([[str('toString'), NIL]]), mpValue(random, 20)]), random.pick(LIES)])]])
    case 3: return mpPacket(random.pick([2, 3]), anyNamespace(random), [['data', data(random, mpValue(random, 20))], ['id', mpValue(random, 40)]])
    case 4: return { binary: mpValue(random, 10) }
    default: return { binary: mutate({ inputs: [binary], tokens: [...ATOMS, ...LIES] }, random).replace(/[^\0-\xff]/g, '\xff') }
  }
}
