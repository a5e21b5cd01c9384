import t from 'tap'
import type { ClusterNode } from '../../../types/cluster.js'
import { readMetrics } from '../../../src/engine/metrics.js'
import { Counters } from '../../../src/observation/counters.js'
import { newSession, openSession } from '../../kit/fakes/revision-1-session.js'

const node = (state: ClusterNode['state']): ClusterNode => ({ tag: 'abcdefgh', state, rtt: undefined, sessions: 0 })

t.test('what is there now: sessions, those that have not connected, and nodes by state', async (t) => {
  const sessions = [openSession(), openSession(), newSession()].map(({ session }) => session)
  const cluster = { nodes: [node('serving'), node('serving'), node('unreachable')] }
  t.match(readMetrics({ counters: new Counters(), sessions, budget: { total: 7 }, cluster }), {
    sessions: { 'revision 1': { websocket: 2 } }, opening: 1, queuedBytes: 7, largestQueue: 0, nodes: { serving: 2, unreachable: 1 }
  })
  t.strictSame(readMetrics({ counters: new Counters(), sessions: [], budget: { total: 0 }, cluster: undefined }).nodes, {}, 'one node alone')
})
