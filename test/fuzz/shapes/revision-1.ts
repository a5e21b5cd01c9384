// Packets of revision 1: well-formed ones, and those that are not, which its server drops.
import { mutate, TOKENS } from '../mutate.js'
import type { Random } from '../random.js'
import { anyName, anyNamespace, eventName } from './names.js'
import type { Frame } from './script.js'
import { argumentsText, large, value } from './values.js'

const BARE = ['0', '0:', '0::', '0::/dyn-a', '1::', '1::/dyn-a', '1::/dyn-a:?a=1', '1::/dyn-a:a', '2::', '3::', '3:::', '3:::x', '4:::', '4:::{', '5:::', '5:::{}', '5:::[]', '5:::null', '5:::{"name":1}', '5:::{"name":{}}', '5:::{"name":"x","args":{}}', '5:::{"name":"x","args":null}', '6:::', '6:::1', '6:::1+', '6:::1+[]', '6:::1+{}', '6:::01+[]', '7:::', '7:::1+0', '7:::99+99', '8::', '9::', '', ':', ':::', '5::', '5:1:', '5:x+::{"name":"x"}']

function id (random: Random): string {
  if (random.below(3) > 0) return ''
  const digits = random.oneIn(40) ? random.pick(['00', '9007199254740993', '9'.repeat(400), '1'.repeat(30_000)]) : String(random.small(40))
  return digits + random.pick(['', '+', '+'])
}

function packet (random: Random, nsp: string): string {
  const endpoint = nsp === '/' ? '' : nsp
  switch (random.below(8)) {
    case 0: return `3:${id(random)}:${endpoint}:${random.oneIn(400) ? large(random) : value(random)}`
    case 1: return `4:${id(random)}:${endpoint}:${value(random)}`
    case 2: return `6::${endpoint}:${random.small(40)}${random.oneIn(3) ? '' : `+[${argumentsText(random)}]`}`
    default: return `5:${id(random)}:${endpoint}:{"name":${eventName(random)},"args":[${argumentsText(random)}]}`
  }
}

/** Its endpoints hold no colon. */
export const endpoint = (nsp: string): string => nsp === '/' ? '' : nsp.replaceAll(':', '')

export const connectEndpoint = (nsp: string): Frame => `1::${endpoint(nsp)}`

/** A packet that ends nothing. */
export const tameRevision1 = (random: Random, namespaces: readonly string[]): Frame => packet(random, endpoint(random.pick(namespaces)))

/** Any packet, and what nearly is one. */
export function wildRevision1 (random: Random, namespaces: readonly string[]): Frame {
  const nsp = endpoint(anyNamespace(random))
  switch (random.below(7)) {
    case 0: return random.pick(BARE)
    case 1: return `5:${id(random)}:${nsp}:{"name":${anyName(random)},"args":[${argumentsText(random)}]}`
    case 2: return `1::${nsp}:${random.pick(['?a=1', '?__proto__=1', '?a,b', 'x', `?a=${encodeURIComponent(value(random))}`, `?${'a&'.repeat(random.pick([1, 1000, 50_000]))}`])}`
    case 3: return random.pick(['5:::', '4:::', '6:::1+', '5:1+::{"name":"x","args":', '5::/?":', '5::/?]]]]]:']) + (random.oneIn(10) ? large(random) : value(random))
    default: return mutate({ inputs: [packet(random, nsp), packet(random, random.pick(namespaces)), random.pick(BARE)], tokens: TOKENS }, random)
  }
}
