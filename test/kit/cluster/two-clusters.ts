// The clusters of two nodes, for applications in one process with a real link between them.
import type { Cluster } from '../../../types/cluster.js'
import { nodes } from '../../../src/cluster.js'
import { freePort } from '../machine/free-port.js'
import { until } from '../waiting.js'
import { SECRET } from './start-nodes.js'

/** The nodes find each other by their addresses. */
export async function twoClusters (): Promise<[first: Cluster, second: Cluster]> {
  const ports = [await freePort(), await freePort()]
  const peers = ports.map((port) => `127.0.0.1:${port}`)
  const [first, second] = ports.map((port) => nodes({ secret: SECRET, listen: { host: '127.0.0.1', port }, peers }))
  if (first === undefined || second === undefined) throw new Error('two ports make two nodes')
  return [first, second]
}

/** Resolves when each node is linked to all others. */
export const linked = (clusters: readonly Cluster[]): Promise<void> =>
  until(() => clusters.every((cluster) => cluster.nodes.filter(({ state }) => state === 'serving').length === clusters.length))
