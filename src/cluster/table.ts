// The links to the nodes that this one knows. They are those on which this node forwards requests; the others connect to it for theirs.
import type { FastifyBaseLogger } from 'fastify'
import type { ClusterNode, RemoteNode } from '../../types/cluster.js'
import type { Clock } from './clock.js'
import { KnownNodes } from './known-nodes.js'
import { formatAddress } from './link/address.js'
import type { ConnectOptions, LinkAddress, LinkConnector } from './link/types.js'
import type { Member } from './members/types.js'

/** How long requests wait for the first link to a node, ms. */
const FIRST_LINK = 1000

/** Links to one address. The key of one whose tag is known is the tag, otherwise its address. */
interface Connection {
  readonly address: LinkAddress
  readonly tag: string | undefined
  /** `first`: no attempt has failed yet. `self`: the address is that of this node. */
  phase: 'first' | 'up' | 'down' | 'self'
  connector: LinkConnector
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
  readonly #nodes: KnownNodes
  #named: ReadonlySet<string> = new Set()
  #onSettled: (() => void)[] = []
  #isClosed = false

  constructor (init: TableInit) {
    this.#init = init
    this.#nodes = new KnownNodes({ ...init, onUnseen: () => this.#sweep() })
  }

  /** All nodes but this one. */
  get nodes (): ClusterNode[] { return this.#nodes.list }

  find (tag: string): RemoteNode | undefined { return this.#nodes.find(tag, this.#connections.get(tag)?.phase === 'first') }

  /** Takes over what a source says. */
  update (members: readonly Member[]): void {
    if (this.#isClosed) return
    const others = members.filter(({ tag }) => tag !== this.#init.tag)
    this.#named = new Set(others.map(({ address, tag }) => keyOf(address, tag)))
    this.#nodes.name(others)
    for (const { address, tag } of others) {
      if (!this.#connections.has(keyOf(address, tag))) this.#connect(address, tag)
    }
    this.#sweep()
  }

  /** Another node has connected to this one. */
  greet (tag: string, address: LinkAddress): void {
    if (this.#isClosed || tag === this.#init.tag || this.#nodes.meet(tag)) return
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
    this.#nodes.close()
    this.#checkSettled()
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
        this.#nodes.add(edge)
        this.#checkSettled()
      },
      onState () {},
      onDown: (edge) => {
        connection.phase = 'down'
        this.#nodes.remove(edge)
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

  #fail (connection: Connection, detail: string): void {
    if (connection.phase !== 'first') return
    connection.phase = 'down'
    if (connection.tag !== undefined) this.#nodes.refuse(connection.tag, detail)
    this.#checkSettled()
  }

  /** Removes the nodes, and ends the links, that nothing stands for any more: no source and no link that is up. */
  #sweep (): void {
    this.#nodes.sweep()
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
