// The metrics of an Engine: its counters, and what is there now. Sessions are counted when metrics are read, so that nothing is done for each request.
import type { Cluster, ClusterNode } from '../../types/cluster.js'
import type { Metrics } from '../../types/metrics.js'
import type { DialectName, TransportName } from '../../types/socket.js'
import type { Counters } from '../observation/counters.js'
import type { QueueBudget } from '../session/queue-budget.js'
import type { Session } from '../session/session.js'

interface MetricsInit {
  readonly counters: Counters
  readonly sessions: Iterable<Pick<Session, 'dialect' | 'transport' | 'kept' | 'readyState'>>
  readonly budget: Pick<QueueBudget, 'total'>
  readonly cluster: Pick<Cluster, 'nodes'> | undefined
}

/** Counts sessions by dialect and transport, those that are not connected yet, and the largest queue. */
function countSessions (sessions: MetricsInit['sessions']): Pick<Metrics, 'sessions' | 'opening' | 'largestQueue'> {
  const counts: Partial<Record<DialectName, Partial<Record<TransportName, number>>>> = {}
  let opening = 0
  let largestQueue = 0
  for (const { dialect, transport, kept, readyState } of sessions) {
    if (kept > largestQueue) largestQueue = kept
    if (readyState === 'opening') {
      opening++
      continue
    }
    const own = counts[dialect.name] ??= {}
    own[transport.name] = (own[transport.name] ?? 0) + 1
  }
  return { sessions: counts, opening, largestQueue }
}

function countNodes (nodes: readonly Pick<ClusterNode, 'state'>[]): Metrics['nodes'] {
  const counts: Partial<Record<ClusterNode['state'], number>> = {}
  for (const { state } of nodes) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** Reads everything. */
export function readMetrics ({ counters, sessions, budget, cluster }: MetricsInit): Metrics {
  return { ...counters.read(), ...countSessions(sessions), queuedBytes: budget.total, nodes: countNodes(cluster?.nodes ?? []) }
}
