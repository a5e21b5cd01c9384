// What is on its way when a node stops: the last words of its sessions, and requests for it.
import t from 'tap'
import { unreachableNode } from '../../src/cluster/link/unreachable.js'
import type { HeldPoll, SessionRequest } from '../../types/cluster.js'
import { areLinked, startNode } from '../kit/cluster/start-nodes.js'
import { freePort } from '../kit/machine/free-port.js'
import { inTime, until } from '../kit/waiting.js'

/** Far more than a connection takes at once. */
const LONG = 'x'.repeat(5_000_000)

t.test('a node that stops sends what is queued, and then ends its links', async (t) => {
  const [port, other] = [await freePort(), await freePort()]
  const polls: HeldPoll[] = []
  const owner = await startNode(t, { peers: [], listen: { host: '127.0.0.1', port } }, {
    ...unreachableNode('none', 'only polls'),
    poll (_request, poll) {
      polls.push(poll)
      return { settled () {}, release () {} }
    }
  })
  const edge = await startNode(t, { peers: [`127.0.0.1:${port}`], listen: { host: '127.0.0.1', port: other } })
  await until(() => areLinked([owner, edge]))

  const request: SessionRequest = { sid: `${owner.cluster.tag}0123456789abcdefghij`, dialect: 'engine 4', transport: 'polling', isUpgrade: false, isScript: false }
  const events: string[] = []
  const hold = (name: string): HeldPoll => ({
    send (payload, isLast) {
      events.push(`${name}: ${payload.length} characters${isLast === true ? ', the last' : ''}`)
      return payload.length
    },
    destroy () {},
    refuse ({ reason }) { events.push(`${name}: ${reason}`) }
  })
  const node = edge.cluster.ownerOf(request.sid)
  node?.poll(request, hold('answered'))
  node?.poll(request, hold('parked'))
  await until(() => polls.length === 2)
  polls[0]?.send(LONG, true)
  await inTime(owner.cluster.stop(), 'end of the node')
  await until(() => events.length === 2)
  t.same(events, ['answered: 5000000 characters, the last', 'parked: node lost'])
  await until(() => edge.cluster.nodes.length === 1)
  t.equal(edge.cluster.ownerOf(request.sid), undefined, 'its sessions are unknown')
})
