// The nodes that this one knows, and its links to them. The links are those on which this node forwards requests; the others connect to it for theirs.
import type { FastifyBaseLogger } from 'fastify'
import type { ClusterNode, RemoteNode } from '../../types/cluster.js'
import type { Cancel, Clock } from './clock.js'
import { formatAddress } from './link/address.js'
import type { ConnectOptions, EdgeLink, LinkAddress, LinkConnector } from './link/types.js'
import { unreachableNode } from './link/unreachable.js'
import type { Member } from './members/types.js'
import { waitingNode } from './waiting-node.js'
import type { WhenKnown } from './waiting-node.js'

/** How long requests wait for the first link to a node, ms. */
const FIRST_LINK = 1000
/** How long a node is known that no source names and to which no link is up, ms. */
const MEMORY = 10_000

/** Links to one address. The key of one whose tag is known is the tag, otherwise its address. */
interface Connection {
  readonly address: LinkAddress
  readonly tag: string | undefined
  /** `first`: no attempt has failed yet. `self`: the address is that of this node. */
  phase: 'first' | 'up' | 'down' | 'self'
  connector: LinkConnector
}

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

export interface TableInit {
  /** Makes a link, as `connectLink` does. */
  readonly connect: (options: Pick<ConnectOptions, 'address' | 'tag' | 'onUp' | 'onState' | 'onDown' | 'onFailed' | 'onSelf'>) => LinkConnector
  readonly tag: string
  readonly hold: (bytes: number) => boolean
  readonly clock: Clock
  readonly log: FastifyBaseLogger
}

const keyOf = (address: LinkAddress, tag: string | undefined): string => tag ?? formatAddress(address)

export class Table {
  readonly #init: TableInit
  readonly #connections = new Map<string, Connection>()
  readonly #nodes = new Map<string, Known>()
  #named: ReadonlySet<string> = new Set()
  #onSettled: (() => void)[] = []
  #isClosed = false

  constructor (init: TableInit) {
    this.#init = init
  }

  /** All nodes but this one. */
  get nodes (): ClusterNode[] {
    return [...this.#nodes.values()].map(({ tag, edges: [edge], member }) => edge === undefined
      ? { tag, state: 'unreachable', rtt: undefined, sessions: member?.sessions ?? 0 }
      : { tag, state: edge.state, rtt: edge.rtt, sessions: edge.sessions })
  }

  find (tag: string): RemoteNode | undefined {
    const node = this.#nodes.get(tag)
    if (node === undefined) return undefined
    const [edge] = node.edges
    if (edge !== undefined) return edge
    if (this.#connections.get(tag)?.phase !== 'first') return unreachableNode(tag, 'no link to it is up')
    const whenKnown: WhenKnown = (use) => { node.waiting.push(use) }
    return waitingNode(tag, whenKnown, this.#init.hold)
  }

  /** Takes over what a source says. */
  update (members: readonly Member[]): void {
    if (this.#isClosed) return
    const others = members.filter(({ tag }) => tag !== this.#init.tag)
    this.#named = new Set(others.map(({ address, tag }) => keyOf(address, tag)))
    for (const node of this.#nodes.values()) node.member = undefined
    for (const member of others) {
      const { address, tag } = member
      if (tag !== undefined) Object.assign(this.#know(tag), { member, mayGo: true })
      if (!this.#connections.has(keyOf(address, tag))) this.#connect(address, tag)
    }
    this.#sweep()
  }

  /** Another node has connected to this one. */
  greet (tag: string, address: LinkAddress): void {
    if (this.#isClosed || tag === this.#init.tag || this.#know(tag).edges.size > 0) return
    const key = this.#connections.has(tag) ? tag : formatAddress(address)
    const connection = this.#connections.get(key)
    // It is there now: no need to wait for the next attempt.
    if (connection?.phase === 'down') this.#disconnect(key)
    if (!this.#connections.has(key)) this.#connect(address, key === tag || connection === undefined ? tag : undefined)
  }

  /** Resolves when the first attempt to reach each node is over, at most 1 s after it has begun. */
  settled (): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled.push(resolve)
      this.#checkSettled()
    })
  }

  close (): void {
    this.#isClosed = true
    for (const key of [...this.#connections.keys()]) this.#disconnect(key)
    for (const node of this.#nodes.values()) {
      node.cancelMemory()
      this.#release(node, unreachableNode(node.tag, 'this node leaves the cluster'))
    }
    this.#nodes.clear()
    this.#checkSettled()
  }

  #know (tag: string): Known {
    const known = this.#nodes.get(tag)
    if (known !== undefined) return known
    const node: Known = { tag, edges: new Set(), waiting: [], member: undefined, mayGo: false, cancelMemory () {} }
    this.#nodes.set(tag, node)
    this.#forgetLater(node)
    return node
  }

  #connect (address: LinkAddress, tag: string | undefined): void {
    const { connect, clock } = this.#init
    const key = keyOf(address, tag)
    const connection: Connection = { address, tag, phase: 'first', connector: { close () {} } }
    this.#connections.set(key, connection)
    const isCurrent = (): boolean => this.#connections.get(key) === connection
    const cancel = clock.after(FIRST_LINK, () => this.#fail(connection, 'no link to it is up yet'))
    connection.connector = connect({
      address,
      tag,
      onUp: (edge) => {
        cancel()
        connection.phase = 'up'
        this.#add(edge)
        this.#checkSettled()
      },
      onState () {},
      onDown: (edge) => {
        connection.phase = 'down'
        this.#remove(edge)
        if (isCurrent()) this.#sweep()
      },
      onFailed: () => {
        cancel()
        this.#fail(connection, 'it cannot be reached')
      },
      onSelf: () => {
        cancel()
        connection.phase = 'self'
        this.#checkSettled()
      }
    })
  }

  #disconnect (key: string): void {
    const connection = this.#connections.get(key)
    this.#connections.delete(key)
    connection?.connector.close()
  }

  #add (edge: EdgeLink): void {
    const node = this.#know(edge.tag)
    node.edges.add(edge)
    node.cancelMemory()
    this.#release(node, edge)
  }

  #remove (edge: EdgeLink): void {
    const node = this.#nodes.get(edge.tag)
    if (node === undefined) return
    node.edges.delete(edge)
    if (node.edges.size > 0) return
    // A node that has said that it leaves does not come back.
    if (edge.state === 'draining') node.mayGo = true
    else this.#forgetLater(node)
  }

  #fail (connection: Connection, detail: string): void {
    if (connection.phase !== 'first') return
    connection.phase = 'down'
    const node = connection.tag === undefined ? undefined : this.#nodes.get(connection.tag)
    if (node !== undefined) this.#release(node, unreachableNode(node.tag, detail))
    this.#checkSettled()
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
      this.#sweep()
    })
  }

  /** Removes the nodes, and ends the links, that nothing stands for any more: no source and no link that is up. */
  #sweep (): void {
    for (const [tag, { edges, member, mayGo, cancelMemory }] of this.#nodes) {
      if (edges.size > 0 || member !== undefined || !mayGo) continue
      this.#nodes.delete(tag)
      cancelMemory()
      this.#init.log.info({ node: tag }, 'a node is no longer in the cluster')
    }
    for (const [key, { phase, tag }] of this.#connections) {
      if (phase === 'up' || this.#named.has(key) || (tag !== undefined && this.#nodes.has(tag))) continue
      this.#disconnect(key)
    }
  }

  #checkSettled (): void {
    if ([...this.#connections.values()].some(({ phase }) => phase === 'first')) return
    for (const resolve of this.#onSettled) resolve()
    this.#onSettled = []
  }
}
