// What the parts of a link, and the part of the cluster that makes links, agree on. Types only.
import type { ClusterHost, LinkTls, NodeAddress, RemoteNode } from '../../../types/cluster.js'

export type { ClusterHost, LinkTls, NodeAddress, RemoteNode }

/** Where a node listens for links: on a port, or on a Unix socket. */
export type LinkAddress = NodeAddress | { readonly path: string }

export type NodeState = 'serving' | 'draining'

/** This node, as it introduces itself. */
export interface Self {
  readonly tag: string
  /** The address that others connect to. */
  readonly address: LinkAddress
}

/** What both ends of a link need. */
interface CommonOptions {
  /** Secrets that the nodes share, 1 to 8. Two nodes need one in common. */
  readonly secrets: readonly string[]
  readonly tls?: LinkTls | undefined
  readonly self: Self
  readonly host: ClusterHost
}

/** The end of a link at the node that forwards. When the link is down, it refuses everything with 'node unreachable'. */
export interface EdgeLink extends RemoteNode {
  /** The address that the other node says others should use. */
  readonly address: LinkAddress
  readonly state: NodeState
  /** Number of its sessions. */
  readonly sessions: number
  /** Round-trip time, ms; undefined until it has been measured. */
  readonly rtt: number | undefined
  readonly isUp: boolean
}

/** Options of `connectLink`, which keeps a link to one address: it connects again, after at most 3 s, until it is closed. */
export interface ConnectOptions extends CommonOptions {
  readonly address: LinkAddress
  /** The tag that the other node must prove; undefined: any. */
  readonly tag: string | undefined
  /** The other node has proven its tag. Each time with a new object, and not for this node itself. */
  readonly onUp: (edge: EdgeLink) => void
  /** `state` or `sessions` of the other node have changed. */
  readonly onState: (edge: EdgeLink) => void
  /** The link is down, after `onUp`. Everything that was open has been refused. */
  readonly onDown: (edge: EdgeLink, reason: string) => void
  /** An attempt has failed, before `onUp`. It is logged already, once for each cause and address. */
  readonly onFailed?: (reason: string) => void
  /** The address is that of this node itself. It is not connected to again. */
  readonly onSelf?: () => void
}

export interface LinkConnector {
  /** Ends the link, and connects no more. Everything that is open is refused. `onDown` is called before it returns. */
  close (): void
}

/** Options of `listenForLinks`. */
export interface ListenOptions extends CommonOptions {
  /** Where to listen. Port 0: a free one. */
  readonly listen: LinkAddress
  /** This node as it introduces itself once it listens: `self.address` is read for each connection, so it may be set when `address` is known. */
  readonly self: Self
  readonly state: () => NodeState
  /** Another node has proven itself. `address` is what it says of itself. Called for each of its connections. */
  readonly onPeer: (tag: string, address: LinkAddress) => void
}

export interface LinkListener {
  /** Where it listens now. */
  readonly address: LinkAddress
  /** Sends state and number of sessions to all peers now. Otherwise they are sent each second when they have changed. */
  announce (): void
  /** Closes the listener and all links that it has accepted. */
  close (): Promise<void>
}
