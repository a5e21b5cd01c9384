// The nodes that this one knows, by their tags: those that a source names, and those that have proven their tag on a link. Knows links, not how they are made.
import type { FastifyBaseLogger } from 'fastify'
import type { ClusterNode, RemoteNode } from '../../types/cluster.js'
import type { Cancel, Clock } from './clock.js'
import type { EdgeLink } from './link/types.js'
import { unreachableNode } from './link/unreachable.js'
import type { Member } from './members/types.js'
import { waitingNode } from './waiting-node.js'

/** How long a node is known that no source names and to which no link is up, ms. */
const MEMORY = 10_000

/** A node with a proven tag, or whose tag a source names. */
interface Known {
  readonly tag: string
  /** The links to it that are up. More than one if it has several addresses. */
  readonly edges: Set<EdgeLink>
  /** Calls that wait for the first link. */
  waiting: ((node: RemoteNode) => void)[]
  /** What the source says; undefined while it does not name it. */
  member: Member | undefined
  /** It was named, has left, or has not been seen for 10 s: without a link and unnamed, it goes. */
  mayGo: boolean
  cancelMemory: Cancel
}

export interface KnownNodesInit {
  readonly hold: (bytes: number) => boolean
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  /** A node has not been seen for a while. {@link KnownNodes.sweep} may remove it. */
  readonly onUnseen: () => void
}

export class KnownNodes {
  readonly #init: KnownNodesInit
  readonly #nodes = new Map<string, Known>()

  constructor (init: KnownNodesInit) {
    this.#init = init
  }

  /** All of them, as applications see them. */
  get list (): ClusterNode[] {
    return [...this.#nodes.values()].map(({ tag, edges: [edge], member }) => edge === undefined
      ? { tag, state: 'unreachable', rtt: undefined, sessions: member?.sessions ?? 0 }
      : { tag, state: edge.state, rtt: edge.rtt, sessions: edge.sessions })
  }

  has (tag: string): boolean { return this.#nodes.has(tag) }

  /** @param isAwaited whether calls wait for the first link to it */
  find (tag: string, isAwaited: boolean): RemoteNode | undefined {
    const node = this.#nodes.get(tag)
    if (node === undefined) return undefined
    const [edge] = node.edges
    if (edge !== undefined) return edge
    if (!isAwaited) return unreachableNode(tag, 'no link to it is up')
    return waitingNode(tag, (use) => { node.waiting.push(use) }, this.#init.hold)
  }

  /** Adds a node that has connected to this one. Returns whether a link to it is up. */
  meet (tag: string): boolean { return this.#know(tag).edges.size > 0 }

  /** Takes over what a source says. */
  name (members: readonly Member[]): void {
    for (const node of this.#nodes.values()) node.member = undefined
    for (const member of members) if (member.tag !== undefined) Object.assign(this.#know(member.tag), { member, mayGo: true })
  }

  add (edge: EdgeLink): void {
    const node = this.#know(edge.tag)
    node.edges.add(edge)
    node.cancelMemory()
    this.#release(node, edge)
  }

  remove (edge: EdgeLink): void {
    const node = this.#nodes.get(edge.tag)
    if (node === undefined) return
    node.edges.delete(edge)
    if (node.edges.size > 0) return
    // A node that has said that it leaves does not come back.
    if (edge.state === 'draining') node.mayGo = true
    else this.#forgetLater(node)
  }

  /** Refuses the calls that wait for a node. */
  refuse (tag: string, detail: string): void {
    const node = this.#nodes.get(tag)
    if (node !== undefined) this.#release(node, unreachableNode(tag, detail))
  }

  /** Removes the nodes that nothing stands for any more: no source and no link that is up. */
  sweep (): void {
    for (const [tag, { edges, member, mayGo, cancelMemory }] of this.#nodes) {
      if (edges.size > 0 || member !== undefined || !mayGo) continue
      this.#nodes.delete(tag)
      cancelMemory()
      this.#init.log.info({ node: tag }, 'a node is no longer in the cluster')
    }
  }

  close (): void {
    for (const node of this.#nodes.values()) {
      node.cancelMemory()
      this.#release(node, unreachableNode(node.tag, 'this node leaves the cluster'))
    }
    this.#nodes.clear()
  }

  #know (tag: string): Known {
    const known = this.#nodes.get(tag)
    if (known !== undefined) return known
    const node: Known = { tag, edges: new Set(), waiting: [], member: undefined, mayGo: false, cancelMemory () {} }
    this.#nodes.set(tag, node)
    this.#forgetLater(node)
    return node
  }

  #release (node: Known, to: RemoteNode): void {
    const { waiting } = node
    node.waiting = []
    for (const use of waiting) use(to)
  }

  /** Forgets a node after a while that is not seen and that no source names. A source of addresses names no tags. */
  #forgetLater (node: Known): void {
    node.cancelMemory = this.#init.clock.after(MEMORY, () => {
      node.mayGo = true
      this.#init.onUnseen()
    })
  }
}
