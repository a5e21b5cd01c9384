// A cluster of which only this node is there. Every other id belongs to a node that refuses each request.
import type { Cluster, PollOwner, Refused, RemoteNode, StreamOwner } from '../../../types/cluster.js'

/** Makes the cluster. Ids of sessions of the other node begin with `elsewhr-`. */
export function refusingCluster (refused: Refused): Cluster {
  const owner: PollOwner & StreamOwner = { settled () {}, release () {}, frame () {}, sent () {}, closed () {} }
  const node: RemoteNode = {
    tag: 'elsewhr-',
    check (_request, answer) { answer(refused) },
    poll (_request, poll) {
      poll.refuse(refused)
      return owner
    },
    post (_request, _payload, answer) {
      answer(refused)
      return undefined
    },
    open (_request, stream) {
      stream.refuse(refused)
      return owner
    },
    end () {}
  }
  return { tag: 'this-one', nodes: [], isCurrent: true, async start () {}, leave () {}, async stop () {}, ownerOf: (sid) => sid.startsWith(node.tag) ? node : undefined }
}
