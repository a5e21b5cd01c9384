// Names of events and namespaces: those that the application has, and those that nobody would choose.
import type { Random } from '../random.js'

/** Events with a handler, and how often each is sent. */
const HANDLED = [
  'ack', 'ack', 'ask', 'ask', 'ask all', 'keep', 'keep', 'burst', 'bytes', 'beside', 'all', 'join', 'room', 'room', 'leave', 'empty', 'who', 'nodes', 'nodes named', 'nodes named', 'ask nodes', 'forbidden'
]
/** Events that end a connection. */
const ENDING = ['bye', 'bye all']
/** Those that the default parser takes, as the text between their quotes. */
const ODD = [
  'echo', 'message', '', '0', '-1', 'error', 'connection', 'new_namespace', 'anything', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'length', 'data', 'close', 'open', 'ping', 'drain',
  'removeAllListeners', '\\ud800', '\u2028', '\\u0000', '漢', '</script>', '*', 'x'
]
/** Those that it refuses. */
export const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']

/** The name of an event that ends nothing, as JSON. */
export function eventName (random: Random): string {
  if (random.oneIn(30)) return random.pick(['0', '1', '-0', '1e400', '1.5', '9007199254740993'])
  if (random.oneIn(1000)) return `"${random.pick(['x', '漢', '__proto__']).repeat(random.pick([1000, 60_000]))}"`
  return `"${random.pick(random.below(3) > 0 ? HANDLED : ODD)}"`
}

/** Any name, as JSON. */
export function anyName (random: Random): string {
  if (random.oneIn(3)) return eventName(random)
  return random.oneIn(2) ? `"${random.pick(random.oneIn(3) ? ENDING : RESERVED)}"` : random.pick(['{}', '[]', 'null', 'true', '{"toString":1}', '["x"]', '[[[]]]', ''])
}

/** Namespaces that can be connected to; a comma ends a name in the grammar of Socket.IO. */
const DYNAMIC = ['/dyn-a', '/dyn-b', '/dyn-"', '/dyn-\\', '/dyn-\'{[', '/dyn-漢', '/dyn- ', '/dyn-__proto__', '/dyn-a/../b', '/dyn-%22', '/dyn-*', '/dyn-?', '/dyn-#', '/dyn-\u2028', '/dyn-[[[', '/dyn-]]]']

export function openNamespace (random: Random): string {
  if (random.oneIn(3)) return '/'
  // Brackets that close more than any text may open, for who counts them.
  if (random.oneIn(8)) return `/dyn-${random.pick([']', '}', '"', '\\', '{', '/'])}${random.pick([']', '}', ']']).repeat(random.pick([1, 10, 1000, 5000, 20_000]))}`
  return random.oneIn(50) ? `/dyn-${random.pick(['x', '漢', '"']).repeat(random.pick([300, 5000, 60_000]))}` : random.pick(DYNAMIC)
}

/** Namespaces of all kinds. A query makes them no other ones in Engine.IO 3 and revision 1. */
export function anyNamespace (random: Random): string {
  if (random.oneIn(3)) return openNamespace(random)
  return random.pick(['/slow', '/refused', '/none', '//', '/?', '/?"', '/?]]]]', '/?a=1&a=2&__proto__=3', '/dyn-a?x="', '/dyn-a?toString=1', '/dyn-a?]]]', '/slow?x', '/refused?x={', '/..', '//host/x', '/%', '/:', '/\\', '/constructor'])
}

/** Namespaces of many sessions at once. */
export const manyNamespaces = (random: Random): string[] => {
  const [seed, count] = [random.below(5), random.pick([50, 110, 500, 2000])]
  return Array.from({ length: count }, (_, i) => `/dyn-${seed}-${i}`)
}
