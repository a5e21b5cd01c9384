// One node of a cluster: who it is, when it joins and leaves. The table has the others, the listener the links from them.
import { randomBytes } from 'node:crypto'
import type { Cluster, ClusterHost, ClusterNode, NodesOptions, RemoteNode } from '../../types/cluster.js'
import { BadOptionError } from '../errors.js'
import { realClock, within } from './clock.js'
import type { Clock } from './clock.js'
import { connectLink } from './link/connect.js'
import { listenForLinks } from './link/listen.js'
import type { ConnectOptions, LinkAddress, LinkConnector, LinkListener, ListenOptions, NodeState } from './link/types.js'
import { readNodesOptions } from './options.js'
import type { Settings } from './options.js'
import { ownAddress } from './own-address.js'
import { Table } from './table.js'

/** 8 characters of base64url. */
const TAG_BYTES = 6
const TAG_LENGTH = 8
/** How long records that are queued in links may take to leave when the node stops, ms. */
const FAREWELL_LIMIT = 1000

/** Node then listens to IPv6 and IPv4, or to IPv4 where there is no IPv6. */
const ALL_INTERFACES = ''

/** The network, which tests replace. */
export interface Network {
  connect (options: ConnectOptions): LinkConnector
  listen (options: ListenOptions): Promise<LinkListener>
}

const realNetwork: Network = { connect: connectLink, listen: listenForLinks }

/** What exists while the node is in the cluster. */
interface Joined {
  readonly host: ClusterHost
  readonly table: Table
  readonly listener: LinkListener
}

export class NodeOfCluster implements Cluster {
  readonly tag = randomBytes(TAG_BYTES).toString('base64url')
  readonly #settings: Settings
  readonly #network: Network
  readonly #clock: Clock
  #joined: Joined | undefined
  #hasStarted = false
  #state: NodeState = 'serving'

  constructor (settings: Settings, network: Network = realNetwork, clock: Clock = realClock) {
    this.#settings = settings
    this.#network = network
    this.#clock = clock
  }

  get isCurrent (): boolean { return this.#joined !== undefined && this.#settings.members.isCurrent }

  get nodes (): ClusterNode[] {
    if (this.#joined === undefined) return []
    const { host, table } = this.#joined
    return [{ tag: this.tag, state: this.#state, rtt: undefined, sessions: host.count() }, ...table.nodes]
  }

  ownerOf (sid: string): RemoteNode | undefined {
    if (sid.startsWith(this.tag)) return undefined // most requests: nothing is looked up for them
    return this.#joined?.table.find(sid.slice(0, TAG_LENGTH))
  }

  async start (host: ClusterHost): Promise<void> {
    if (this.#hasStarted) throw new BadOptionError('cluster', 'in use by another registration, or by an app that was closed', 'a cluster of its own for each registration: call nodes({ … }) once for each, with different ports or a different "prefix"')
    this.#hasStarted = true
    const { secrets, tls, listen, members } = this.#settings
    const place: LinkAddress = members.place?.() ?? { host: listen.host ?? ALL_INTERFACES, port: listen.port ?? 0 }
    const self = { tag: this.tag, address: place }
    const common = { secrets, tls, host, self }
    const table = new Table({
      connect: (options) => this.#network.connect({ ...common, ...options }),
      tag: this.tag,
      hold: host.hold,
      clock: this.#clock,
      log: host.log
    })
    const listener = await this.#network.listen({
      ...common,
      listen: place,
      state: () => this.#state,
      onPeer: (tag, address) => table.greet(tag, address)
    })
    if (!('path' in listener.address)) self.address = ownAddress(listen, listener.address.port)
    this.#joined = { host, table, listener }
    const { tag, address } = self
    await members.start({
      self: { tag, address, state: () => this.#state, sessions: () => host.count() },
      clock: this.#clock,
      log: host.log,
      onMembers: (named) => table.update(named)
    })
    // Requests may come as soon as this node is ready, so it knows the tags of the others then.
    await table.settled()
  }

  leave (): void {
    this.#state = 'draining'
    if (this.#joined === undefined) return
    this.#joined.listener.announce()
    this.#settings.members.announce()
  }

  async stop (): Promise<void> {
    if (this.#joined === undefined) return
    const { table, listener } = this.#joined
    this.#joined = undefined
    // The others then forget it as soon as its links are down.
    this.#state = 'draining'
    listener.announce()
    // Farewells to clients at other nodes are in the links that the listener has accepted.
    const closed = within(this.#clock, FAREWELL_LIMIT, 'a link', listener.close()).catch(() => {})
    await Promise.all([this.#settings.members.stop(), closed])
    table.close()
  }
}

/**
 * Makes the cluster of this process.
 * @throws FST_SIO_BAD_OPTION for a wrong option
 */
export function nodes (options: NodesOptions): Cluster {
  return new NodeOfCluster(readNodesOptions(options))
}
