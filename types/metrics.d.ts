import type { ClusterNode } from './cluster.js'
import type { Traffic } from './observation.js'
import type { EndReason, RefusalReason } from './reasons.js'
import type { DialectName, TransportName } from './socket.js'

/** Durations since the start, in seconds. */
export interface DurationHistogram {
  /** How many durations were at most `le`, in ascending order; the last `le` is Infinity. */
  readonly buckets: readonly { readonly le: number, readonly count: number }[]
  /** Sum of all durations. */
  readonly sum: number
  readonly count: number
}

/** Counters since the start, and what is there now. */
export interface Metrics {
  /** Sessions opened by a handshake. */
  readonly opened: number
  /** Sessions ended, by reason. Reasons that have not occurred are missing. */
  readonly ended: Readonly<Partial<Record<EndReason, number>>>
  /** Requests refused, by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>
  /** Volatile packets dropped, because the client held nothing open or was slow. */
  readonly dropped: number
  /** Connected sessions now, by dialect and transport. What there is none of is missing. */
  readonly sessions: Readonly<Partial<Record<DialectName, Readonly<Partial<Record<TransportName, number>>>>>>
  /** Sessions now that have made only a handshake. */
  readonly opening: number
  /** Polls now that wait at this node for a packet, those for sessions of other nodes too. */
  readonly pollsHeld: number
  /** Upgrades of Engine.IO sessions to WebSockets. `tried` is more than `done` and `failed` together while some are under way. */
  readonly upgrades: { readonly tried: number, readonly done: number, readonly failed: number }
  /** Of all sessions. */
  readonly traffic: Traffic
  /**
   * Bytes of memory that are held for all clients now. `maxTotalQueueBytes` is the limit, except for ordinary answers under way.
   */
  readonly queuedBytes: number
  /** Bytes of memory that are held now for the client for whom most are held. */
  readonly largestQueue: number
  /** Heartbeats that did not come in time. Each ends its session with `ping timeout`. */
  readonly heartbeatsMissed: number
  /** How long things took. `handshake`: `authorize` and `generateId` of a session. `session`: from the handshake of a connected session to its end. `poll`: from a GET to the end of its answer. */
  readonly histograms: Readonly<Record<'handshake' | 'session' | 'poll', DurationHistogram>>
  /** Known nodes now, this one among them, by state (the option `cluster`). Empty without the option. */
  readonly nodes: Readonly<Partial<Record<ClusterNode['state'], number>>>
  /** Requests that arrived here for sessions of other nodes. */
  readonly forwarded: number
}
