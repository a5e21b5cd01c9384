// Packets in the grammar of Socket.IO 4 and 5, as messages of Engine.IO, well-formed as far as the default parser can tell.
import type { Random } from '../random.js'
import { eventName } from './names.js'
import type { Frame } from './script.js'
import { argumentsText, large, small, value } from './values.js'

const MESSAGE = '4'
const EVENT = 2
const ACK = 3
const BINARY_EVENT = 5
const BINARY_ACK = 6
/** What the default parser takes at most. */
const ATTACHMENTS = 10

const namespaceText = (nsp: string): string => nsp === '/' ? '' : `${nsp},`

/** Ids: those that the server has given out, others, and none. */
function ackId (random: Random): string {
  return random.oneIn(40) ? random.pick(['00', '9007199254740993', '9'.repeat(400), '1'.repeat(30_000), '4294967296']) : String(random.small(40))
}

function event (random: Random, nsp: string): Frame[] {
  const id = random.oneIn(3) ? ackId(random) : ''
  const args = argumentsText(random)
  return [`${MESSAGE}${EVENT}${namespaceText(nsp)}${id}[${eventName(random)}${args === '' ? '' : `,${args}`}]`]
}

const ack = (random: Random, nsp: string): Frame[] => [`${MESSAGE}${ACK}${namespaceText(nsp)}${ackId(random)}[${argumentsText(random)}]`]

function bytes (random: Random): Frame {
  return { binary: random.oneIn(300) ? '\x00\xff'.repeat(random.pick([1000, 60_000])) : random.pick(['', '\x00', 'abc', '\xff\xfe', '\x04', '42["x"]']) }
}

/** A placeholder for one of so many attachments, somewhere in a value. */
function placeholder (random: Random, num: number): string {
  const text = `{"_placeholder":true,"num":${num}}`
  return random.pick([text, `[${text}]`, `{"a":${text}}`, `{"__proto__":${text}}`, `[{"b":[${text}]},0]`])
}

function binary (random: Random, nsp: string): Frame[] {
  const count = random.oneIn(10) ? ATTACHMENTS : random.between(1, 3)
  const isEvent = random.below(3) > 0
  const places = Array.from({ length: count }, (_, i) => placeholder(random, random.oneIn(6) ? random.below(count) : i))
  // A placeholder for nothing ends the session.
  const values = [...places, ...random.oneIn(2) ? [value(random)] : []].filter((text, i) => i < count || !text.includes('_placeholder'))
  const id = isEvent && random.oneIn(2) ? '' : ackId(random)
  const head = `${MESSAGE}${isEvent ? BINARY_EVENT : BINARY_ACK}${count}-${namespaceText(nsp)}${id}`
  return [`${head}[${(isEvent ? [eventName(random), ...values] : values).join(',')}]`, ...Array.from({ length: count }, () => bytes(random))]
}

/** A CONNECT packet. */
export function connect (random: Random, nsp: string): Frame {
  const auth = random.oneIn(15) ? random.pick([(text: string) => `{"a":${text}}`, (text: string) => text])(large(random)) : random.oneIn(3) ? '' : `{"auth":${small(random)}}`
  return `${MESSAGE}0${namespaceText(nsp)}${auth.startsWith('{') ? auth : ''}`
}

/** A packet that ends nothing, with its attachments behind it. */
export function tame (random: Random, namespaces: readonly string[]): Frame[] {
  const nsp = random.pick(namespaces)
  const kind = random.below(10)
  return kind < 7 ? event(random, nsp) : kind < 9 ? ack(random, nsp) : binary(random, nsp)
}
