// Nodes without an application, linked over the network: who knows whom.
import type { FastifyBaseLogger } from 'fastify'
import { nodes } from '../../../src/cluster.js'
import { unreachableNode } from '../../../src/cluster/link/unreachable.js'
import type { Cluster, NodesOptions, SessionHost } from '../../../types/cluster.js'
import { newLog } from '../fakes/revision-1-session.js'
import type { Teardown } from '../teardown.js'

export const SECRET = 'a secret of the tests, 32 characters'

export interface StartedNode {
  readonly cluster: Cluster
  /** The messages of its log, at level warn and above. */
  warnings (): string[]
  /** The tags of the nodes that it is linked to. */
  linked (): string[]
}

/** Options without a secret, which the kit adds. */
export type Finding<Options = NodesOptions> = Options extends unknown ? Omit<Options, 'secret'> & { readonly secret?: NodesOptions['secret'] } : never

/** Starts a node, which stops with the test. @param sessions none without it */
export async function startNode (t: Teardown, options: Finding, sessions?: SessionHost): Promise<StartedNode> {
  const cluster = nodes({ secret: SECRET, ...options } as NodesOptions)
  const { log, lines }: { log: FastifyBaseLogger, lines: Record<string, unknown>[] } = newLog()
  t.teardown(() => cluster.stop())
  await cluster.start({ sessions: sessions ?? unreachableNode(cluster.tag, 'a node without sessions'), count: () => 0, hold: () => true, log })
  return {
    cluster,
    warnings: () => lines.filter(({ level }) => Number(level) >= 40).map(({ msg }) => String(msg)),
    linked: () => cluster.nodes.filter(({ tag, state }) => tag !== cluster.tag && state !== 'unreachable').map(({ tag }) => tag).sort()
  }
}

/** Whether each of the nodes is linked to all others, and knows no more. */
export const areLinked = (all: readonly StartedNode[]): boolean => all.every(({ cluster, linked }) =>
  cluster.nodes.length === all.length && linked().join() === all.map(({ cluster: { tag } }) => tag).filter((tag) => tag !== cluster.tag).sort().join())
