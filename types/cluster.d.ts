import type { FastifyBaseLogger } from 'fastify'
import type { SecureContextOptions } from 'node:tls'
import type { EndReason, RefusalReason } from './reasons.js'
import type { DialectName, TransportName } from './socket.js'

/** A request for a session, as the node that has the session needs it. */
export interface SessionRequest {
  /** The id of the session. Its first 8 characters are the tag of the node that has the session. */
  readonly sid: string
  readonly dialect: DialectName
  /** The transport in the URL. */
  readonly transport: TransportName
  /** Whether the request asks for an upgrade to a WebSocket. */
  readonly isUpgrade: boolean
  /** Whether the answer is a script (JSONP), which can be much larger than its payload. */
  readonly isScript: boolean
  /**
   * In a `check` of an upgrade: the origin of its page, which the node with the request would refuse. It is accepted if the handshake of the session shows that the
   * server's own page opened it, and that this is the origin of that page.
   */
  readonly origin?: string
}

/** Why a request is refused. The node that holds the request answers it in the words of its dialect. */
export interface Refused {
  readonly reason: RefusalReason
  /** For the log; never sent to the client. */
  readonly detail: string
  /** More for the log and for 'connection_error'. Values must survive JSON. */
  readonly context: Readonly<Record<string, unknown>>
}

/** A GET of a client that polls, which waits on the node where it has arrived. Exactly one of the three methods is called, once; after `send`, `destroy` may follow. */
export interface HeldPoll {
  /** Answers the GET. `isLast`: the session has ended. Returns the size of the answer in bytes. */
  send (payload: string | Buffer, isLast?: boolean): number
  /** Destroys the connection of the GET. */
  destroy (): void
  refuse (refused: Refused): void
}

/** The node with the session, as the holder of a poll uses it. */
export interface PollOwner {
  /** Reports, once, that the response is over. `isWhole`: it was handed to the operating system completely. */
  settled (isWhole: boolean): void
  /** Asks for an answer without packets, now: the node that holds the poll closes, and its client must poll another one. */
  release (): void
}

/** The node with the session, as the holder of a POST uses it. */
export interface PostOwner {
  /** Reports that the client has given up. No answer is needed any more. */
  abandon (): void
}

/** A WebSocket or stream of a client, which is open on the node where it has arrived. */
export interface HeldStream {
  /** Sends frames. The owner keeps at most 64 KiB, and one more call, under way: see {@link StreamOwner.sent}. */
  send (frames: readonly (string | Buffer)[]): void
  /** Closes it. Sends `farewell` first, and `reason` if it can be expressed. */
  close (farewell?: string | Buffer, reason?: EndReason): void
  /** Destroys its connection. Frames under way are lost. */
  destroy (): void
  /** The session does not take it. The node that holds it closes it in the way of its dialect. */
  refuse (refused: Refused): void
  /** Reports that frames of the client have been delivered, in bytes. The holder reads no more from a client of whom 64 KiB are not delivered. */
  delivered (bytes: number): void
}

/** The node with the session, as the holder of a WebSocket or stream uses it. */
export interface StreamOwner {
  /** Delivers a frame of the client. */
  frame (frame: string | Buffer): void
  /** Reports that frames have been handed to the operating system, in bytes: a frame of text counts in UTF-8. */
  sent (bytes: number): void
  /** Reports, once, that it has closed, or has broken with an error. Nothing is reported afterwards. */
  closed (reason: EndReason, cause?: string): void
}

/**
 * A node that has sessions, as other nodes use it. The plugin implements it for its own sessions. A {@link Cluster} carries the calls to it. Nothing here throws:
 * what a client does wrong is refused.
 */
export interface SessionHost {
  /** Asks whether the session takes such a request, before an upgrade is accepted. `answer` is called once. */
  check (request: SessionRequest, answer: (refused?: Refused) => void): void
  /** Hands over a GET of a client that polls. */
  poll (request: SessionRequest, poll: HeldPoll): PollOwner
  /**
   * Delivers the payload of a POST. `answer` is called once, without an argument when all of its packets have been delivered. Returns undefined if it has been
   * called already.
   */
  post (request: SessionRequest, payload: string | Buffer, answer: (refused?: Refused) => void): PostOwner | undefined
  /** Hands over a WebSocket or stream, which carries the session from now on. */
  open (request: SessionRequest, stream: HeldStream): StreamOwner
  /** Ends the session: its client has disconnected. */
  end (request: SessionRequest): void
}

/** Another node, with what carries calls to it. */
export interface RemoteNode extends SessionHost {
  readonly tag: string
}

/** One node of the cluster, as others see it. */
export interface ClusterNode {
  readonly tag: string
  /** `unreachable`: it is a member, and no link to it is up. */
  readonly state: 'serving' | 'draining' | 'unreachable'
  /** Round-trip time of the link, ms; undefined until it has been measured, and for this node. */
  readonly rtt: number | undefined
  /** Number of its sessions. */
  readonly sessions: number
}

/** What a {@link Cluster} may use of the registration. */
export interface ClusterHost {
  /** The sessions of this node. */
  readonly sessions: SessionHost
  /** Number of sessions of this node. */
  readonly count: () => number
  /** Counts bytes that wait in links, in `maxTotalQueueBytes`. Negative: they have left. Returns whether they fit. */
  readonly hold: (bytes: number) => boolean
  readonly log: FastifyBaseLogger
}

/** Several nodes that serve each other's sessions: the option `cluster`. {@link nodes} makes one. */
export interface Cluster {
  /** The tag of this node: 8 characters of base64url, random for each start of the process. Ids of its sessions begin with it. */
  readonly tag: string
  /** All nodes that are known, this one among them. */
  readonly nodes: readonly ClusterNode[]
  /** Whether the membership is known now: false while Redis is down. For readiness probes. */
  readonly isCurrent: boolean
  /** Joins. Called when the app is ready. Rejects when the node cannot listen. */
  start (host: ClusterHost): Promise<void>
  /** Tells the others that this node drains. Its sessions stay reachable. */
  leave (): void
  /** Leaves the cluster and closes all links. */
  stop (): Promise<void>
  /** The node whose tag the id of a session has; undefined if there is none, and for this node. */
  ownerOf (sid: string): RemoteNode | undefined
}

/** An address of a node. */
export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** Certificates for links: TLS in both directions, in which both sides prove who they are. */
export interface LinkTls extends Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> {
  /** The name that certificates of nodes have, instead of their address. */
  readonly servername?: string
}

/**
 * A client of the packages `redis` (4 and later) or `ioredis` (5 and later): of `createClient`, `createClientPool`, `createCluster` and `createSentinel`, or a `Redis` or
 * `Cluster` of ioredis.
 */
export type RedisClient =
  | { sendCommand (args: string[]): Promise<unknown> }
  | { call (command: string, ...args: string[]): Promise<unknown> }
  | { readonly masters: readonly unknown[], sendCommand (firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown> }
  | { getSentinelNode (): unknown, sendCommand (isReadonly: boolean, args: string[]): Promise<unknown> }

interface CommonNodesOptions {
  /** Secret that all nodes share, at least 32 characters. To change it, give a list: two nodes need one in common. */
  readonly secret: string | readonly string[]
  /** Certificates for the links. Without them, links are authenticated, and not encrypted. */
  readonly tls?: LinkTls
}

/** Where a node listens for links of the others. */
export interface LinkListenOptions {
  /** Default: all interfaces. */
  readonly host?: string
  /** Default: a free port. Never the port of the application. */
  readonly port?: number
  /** The address that others use, when it is not the one that is listened to. Default: the first address of this machine that others can reach. */
  readonly advertise?: Partial<NodeAddress>
}

interface NetworkOptions {
  /** Where this node listens for links of the others. */
  readonly listen?: LinkListenOptions
}

/** Options of {@link nodes}: how the nodes find each other is one of `redis`, `peers`, `dns` and `ipc`. */
export type NodesOptions = CommonNodesOptions & (
  | NetworkOptions & {
    /** A connected client. Each node has a key, which expires in 10 s and is renewed each 3 s. */
    readonly redis: RedisClient
    /** Begin of all keys. Default `socketio`. */
    readonly prefix?: string
  }
  | NetworkOptions & {
    /** The addresses of all nodes, `host:port`; this node's own may be among them. */
    readonly peers: readonly string[]
  }
  | NetworkOptions & {
    /** A name that resolves to the addresses of all nodes, as that of a headless service; asked each 3 s. All nodes listen to the same port. */
    readonly dns: string
  }
  | {
    /** Workers of `node:cluster` on one machine. The primary calls {@link setupPrimary}. Links are Unix sockets. */
    readonly ipc: true
  }
)

/**
 * Makes the cluster of this process, for the option `cluster`. Use it for one registration.
 * @throws FST_SIO_BAD_OPTION for a wrong option.
 */
export declare function nodes (options: NodesOptions): Cluster

/** Passes the addresses of workers to each other. Call it once in the primary of `node:cluster`, before it forks. */
export declare function setupPrimary (): void
