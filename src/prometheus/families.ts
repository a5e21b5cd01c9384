// The metrics for Prometheus: one row for each name. Labels have closed lists of values, so that the number of series is bounded: about 150.
import type { DurationHistogram, Metrics } from '../../types/metrics.js'
import type { EndReason, RefusalReason } from '../../types/reasons.js'
import { REFUSAL_REASONS } from '../errors.js'
import { CLOSE_REASONS } from '../session/reasons.js'
import { TRANSPORTS } from '../transports/index.js'

/** What a scrape reads. */
export type Snapshot = Metrics & { readonly draining: boolean }

/** One series, and its value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** Behind the name of the family: `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string
}

export interface Family {
  /** Without the prefix. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  read (snapshot: Snapshot): readonly Sample[]
}

const one = (value: number): Sample[] => [{ labels: {}, value }]

/** One series for each reason, also for those that have not occurred: the increase from no series to 1 would not be seen. */
const byReason = <Reason extends string>(reasons: readonly string[], counts: Readonly<Partial<Record<Reason, number>>>): Sample[] => {
  const found = new Map<string, unknown>(Object.entries(counts))
  return reasons.map((reason) => ({ labels: { reason }, value: Number(found.get(reason) ?? 0) }))
}

const END_REASONS = Object.keys(CLOSE_REASONS)

/** The transports of each dialect. */
const CARRIERS = {
  'revision 1': Object.keys(TRANSPORTS),
  'engine 3': ['polling', 'websocket'],
  'engine 4': ['polling', 'websocket']
}

function bySession ({ sessions }: Snapshot): Sample[] {
  return Object.entries(CARRIERS).flatMap(([dialect, transports]) => {
    const counts = new Map<string, unknown>(Object.entries(Object(new Map<string, unknown>(Object.entries(sessions)).get(dialect) ?? {})))
    return transports.map((transport) => ({ labels: { dialect, transport }, value: Number(counts.get(transport) ?? 0) }))
  })
}

function histogram ({ buckets, sum, count }: DurationHistogram): Sample[] {
  return [
    ...buckets.map(({ le, count }) => ({ labels: { le: le === Infinity ? '+Inf' : le }, value: count, suffix: '_bucket' })),
    { labels: {}, value: sum, suffix: '_sum' },
    { labels: {}, value: count, suffix: '_count' }
  ]
}

/** The names of labels. Constant labels must have others. */
export const LABELS: ReadonlySet<string> = new Set(['dialect', 'transport', 'reason', 'direction', 'state', 'le'])

export const FAMILIES: readonly Family[] = [
  { name: 'sessions', type: 'gauge', help: 'Connected sessions', read: bySession },
  { name: 'sessions_opening', type: 'gauge', help: 'Sessions that have made only a handshake', read: ({ opening }) => one(opening) },
  { name: 'sessions_opened_total', type: 'counter', help: 'Sessions opened by a handshake', read: ({ opened }) => one(opened) },
  { name: 'sessions_ended_total', type: 'counter', help: 'Sessions ended', read: ({ ended }) => byReason<EndReason>(END_REASONS, ended) },
  { name: 'requests_refused_total', type: 'counter', help: 'Requests refused', read: ({ refused }) => byReason<RefusalReason>(REFUSAL_REASONS, refused) },
  { name: 'requests_forwarded_total', type: 'counter', help: 'Requests for sessions of other nodes', read: ({ forwarded }) => one(forwarded) },
  { name: 'polls_held', type: 'gauge', help: 'Polls that wait for a packet', read: ({ pollsHeld }) => one(pollsHeld) },
  { name: 'upgrades_tried_total', type: 'counter', help: 'Upgrades from polls to a WebSocket that began', read: ({ upgrades: { tried } }) => one(tried) },
  { name: 'upgrades_done_total', type: 'counter', help: 'Upgrades that succeeded', read: ({ upgrades: { done } }) => one(done) },
  { name: 'upgrades_failed_total', type: 'counter', help: 'Upgrades that failed, or whose session ended meanwhile', read: ({ upgrades: { failed } }) => one(failed) },
  {
    name: 'packets_total',
    type: 'counter',
    help: 'Packets of clients (in) and for clients (out), heartbeats included',
    read: ({ traffic: { packetsIn, packetsOut } }) => [{ labels: { direction: 'in' }, value: packetsIn }, { labels: { direction: 'out' }, value: packetsOut }]
  },
  {
    name: 'bytes_total',
    type: 'counter',
    help: 'Bytes of these packets',
    read: ({ traffic: { bytesIn, bytesOut } }) => [{ labels: { direction: 'in' }, value: bytesIn }, { labels: { direction: 'out' }, value: bytesOut }]
  },
  { name: 'packets_dropped_total', type: 'counter', help: 'Volatile packets dropped', read: ({ dropped }) => one(dropped) },
  { name: 'queued_bytes', type: 'gauge', help: 'Bytes of memory held for all clients', read: ({ queuedBytes }) => one(queuedBytes) },
  { name: 'largest_queue_bytes', type: 'gauge', help: 'Bytes of memory held for the client for whom most are held', read: ({ largestQueue }) => one(largestQueue) },
  { name: 'heartbeats_missed_total', type: 'counter', help: 'Heartbeats that did not come in time', read: ({ heartbeatsMissed }) => one(heartbeatsMissed) },
  { name: 'handshake_duration_seconds', type: 'histogram', help: 'Time of authorize and generateId of a session', read: ({ histograms }) => histogram(histograms.handshake) },
  { name: 'session_duration_seconds', type: 'histogram', help: 'Time from the handshake of a connected session to its end', read: ({ histograms }) => histogram(histograms.session) },
  { name: 'poll_duration_seconds', type: 'histogram', help: 'Time from a poll to the end of its answer', read: ({ histograms }) => histogram(histograms.poll) },
  {
    name: 'nodes',
    type: 'gauge',
    help: 'Known nodes of the cluster, this one among them',
    read: ({ nodes: { serving = 0, draining = 0, unreachable = 0 } }) => Object.entries({ serving, draining, unreachable }).map(([state, value]) => ({ labels: { state }, value }))
  },
  { name: 'draining', type: 'gauge', help: '1 when the server drains or closes', read: ({ draining }) => one(Number(draining)) }
]
