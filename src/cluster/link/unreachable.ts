// A node to which there is no link.
import type { Refused, RemoteNode } from '../../../types/cluster.js'

/** Why a request for a node without a link is refused. */
export const unreachable = (tag: string, detail: string): Refused => ({ reason: 'node unreachable', detail, context: { node: tag } })

const nothing = (): void => {}

/** Returns a node that refuses everything. */
export function unreachableNode (tag: string, detail: string): RemoteNode {
  const refused = unreachable(tag, detail)
  return {
    tag,
    check: (_request, answer) => answer(refused),
    poll (_request, poll) {
      poll.refuse(refused)
      return { settled: nothing, release: nothing }
    },
    post (_request, _payload, answer) {
      answer(refused)
      return { abandon: nothing }
    },
    open (_request, stream) {
      stream.refuse(refused)
      return { frame: nothing, sent: nothing, closed: nothing }
    },
    end: nothing
  }
}
