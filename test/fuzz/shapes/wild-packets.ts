// What no client of Engine.IO and Socket.IO sends: packets that are cut off, that come at the wrong time or are of a wrong form.
import { mutate, TOKENS } from '../mutate.js'
import type { Random } from '../random.js'
import { anyName, anyNamespace } from './names.js'
import { connect, tame } from './packets.js'
import { textOf } from './script.js'
import type { Frame } from './script.js'
import { argumentsText, large, small } from './values.js'

const BARE = ['4', '40', '41', '42', '43', '44', '45', '46', '47', '4-', '42[', '42[]', '42[""]', '43[]', '430', '430[]', '41{}', '44{}', '44"x"', '44{"message":1}', '40[]', '40"x"', '40null', '451-', '450-["x"]', '451-["x"]', '451-[]', '451-["x",{"_placeholder":true,"num":1}]', '4511-["x"]', '4599999999999-["x"]', '461-0[]', '45-["x"]', '4 2["x"]', '42/', '42/,', '42/,["x"]', '42,["x"]', '42/?",["ack",1]', '0', '1', '2', '3', '5', '6', '2probe', '3probe', 'b', 'bAA==', 'b4', 'b4AA==', '', '7', 'x', '42["x",1', '42["x"]]', '42["x",1e400]', '42["x"]\0']
const INVALID_UTF8 = ['\xff', '\xc3', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xc0\x80', '\xe2\x82']

function named (random: Random): Frame {
  const nsp = anyNamespace(random)
  const args = argumentsText(random)
  const id = random.oneIn(3) ? String(random.small(20)) : ''
  return `4${random.pick([2, 2, 2, 3])}${nsp === '/' ? '' : `${nsp},`}${id}[${anyName(random)}${args === '' ? '' : `,${args}`}]`
}

/** A value where no value belongs, or large where none is asked for. */
function misplaced (random: Random): Frame {
  const text = random.oneIn(4) ? large(random) : small(random)
  return random.pick(['40', '41', '44', '430', '40/dyn-a,', '40/slow,', '40/refused,', '44/dyn-a,', '451-', '40/none,', '42/?",["message",', '42/?]]]]]],["message",', '42/dyn-a?",["all",']) + text + random.pick(['', ']'])
}

/** Too few attachments, too many, or some for nobody. */
function attachments (random: Random): Frame[] {
  const count = random.below(5)
  const num = random.pick(['0', '1', '-1', '1.5', '1e400', '"0"', 'null', '[]', '{}', '"__proto__"', '"length"', '99999999999'])
  const text = `45${random.pick([count, count + 1, 1, 10, 11])}-["${random.pick(['ack', 'all', 'keep', 'x'])}",{"_placeholder":true,"num":${num}},${small(random)}]`
  return [...random.oneIn(6) ? [] : [text], ...Array.from({ length: count }, () => ({ binary: 'abc' }))]
}

function mutated (random: Random, namespaces: readonly string[]): string {
  const inputs = Array.from({ length: 3 }, () => textOf(random.pick(tame(random, namespaces))))
  return mutate({ inputs, tokens: TOKENS }, random)
}

/** A packet, with what comes along with it. */
export function wild (random: Random, namespaces: readonly string[]): Frame[] {
  switch (random.below(9)) {
    case 0: return [random.pick(BARE)]
    case 1: return [named(random)]
    case 2: return [misplaced(random)]
    case 3: return attachments(random)
    case 4: return [connect(random, anyNamespace(random))]
    case 5: return random.oneIn(4) ? [{ raw: Buffer.from(mutated(random, namespaces)).toString('latin1') + random.pick(INVALID_UTF8) }] : [mutated(random, namespaces)]
    case 6: return [mutated(random, namespaces)]
    default: return tame(random, namespaces)
  }
}
