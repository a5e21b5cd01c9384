// Makes sessions: most keep to the protocol and go on for long, so that their shapes reach the application; the others go wrong soon.
import type { Random } from '../random.js'
import { mpConnect, mpTame, mpWild } from './msgpack.js'
import { anyNamespace, eventName, manyNamespaces, openNamespace } from './names.js'
import { connect, tame } from './packets.js'
import { connectEndpoint, tameRevision1, wildRevision1 } from './revision-1.js'
import type { Frame, Script } from './script.js'
import type { Setup } from './setup.js'
import { WAY_NAMES } from './ways.js'
import { wild } from './wild-packets.js'

/** Frames of a session that keeps to the protocol, and of one that does not. */
const LONG = 600
const SHORT = 12

/** How one dialect and parser says it. */
interface Grammar {
  connect (nsp: string): Frame
  tame (namespaces: readonly string[]): Frame[]
  wild (namespaces: readonly string[]): Frame[]
}

function grammarOf (random: Random, way: string, { parser }: Setup): Grammar {
  if (way.startsWith('revision 1')) {
    return { connect: connectEndpoint, tame: (namespaces) => [tameRevision1(random, namespaces)], wild: (namespaces) => [wildRevision1(random, namespaces)] }
  }
  if (parser === 'json') {
    return { connect: (nsp) => connect(random, nsp), tame: (namespaces) => tame(random, namespaces), wild: (namespaces) => wild(random, namespaces) }
  }
  const one = (namespaces: readonly string[]): Frame => mpTame(random, random.pick(namespaces), eventName(random))
  return { connect: (nsp) => mpConnect(random, nsp), tame: (namespaces) => [one(namespaces)], wild: (namespaces) => [random.oneIn(20) ? wild(random, namespaces)[0] ?? '' : mpWild(random, () => one(namespaces))] }
}

function fill (count: number, make: () => Frame[]): Frame[] {
  const frames: Frame[] = []
  while (frames.length < count) frames.push(...make())
  return frames
}

/** The namespace that Engine.IO 3 and revision 1 make of a name, which is a URL's path there; undefined for none that is served. */
function pathOf (nsp: string): string | undefined {
  const { pathname } = new URL(nsp, 'https://host')
  return pathname === '/' || pathname.startsWith('/dyn-') ? pathname : undefined
}

/** Each namespace once, as the Server sees it. */
function distinct (names: readonly string[], isPath: boolean): string[] {
  const known = new Map<string, string>()
  for (const name of names) {
    const path = isPath ? pathOf(name) : name
    if (path !== undefined && !known.has(path)) known.set(path, name)
  }
  return [...known.values()]
}

/** Other names of the default namespace, in Engine.IO 3: with a query, which is text before the JSON. */
const aliases = (random: Random): string[] => [`/?${random.pick(['"', ']', '}', '\\', '['])}${random.pick([']', '}', '"']).repeat(random.pick([0, 1, 5000, 20_000]))}`]

/** A session of any way. */
export function newScript (random: Random, setup: Setup, nodes: number): Script {
  const way = random.pick(WAY_NAMES)
  const isRevision1 = way.startsWith('revision 1')
  const grammar = grammarOf(random, way, setup)
  const several = random.oneIn(60) ? manyNamespaces(random) : Array.from({ length: random.below(3) }, () => openNamespace(random))
  const namespaces = distinct(['/', ...several], !way.startsWith('engine 4'))
  // Two CONNECTs end a session of Engine.IO; in 3 and revision 1 the default namespace is connected already.
  const asked = way.startsWith('engine 4') ? namespaces : namespaces.slice(1)
  const told = way.startsWith('engine 3') && random.oneIn(3) ? [...namespaces, ...aliases(random)] : namespaces
  const isTame = random.below(3) > 0
  const make = (): Frame[] => isTame || !random.oneIn(isRevision1 ? 6 : 2) ? grammar.tame(told) : grammar.wild(told)
  const last = random.oneIn(2) ? [grammar.connect(anyNamespace(random))] : []
  return {
    way,
    node: random.below(nodes),
    prelude: asked.map((nsp) => grammar.connect(nsp)),
    frames: [...fill(random.between(1, isTame ? LONG : isRevision1 ? LONG / 4 : SHORT), make), ...last],
    perWrite: isTame ? random.pick([1, 20, 60, 100, 200]) : random.pick([1, 3])
  }
}
