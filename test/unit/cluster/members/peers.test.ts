import t from 'tap'
import { PeersMembers } from '../../../../src/cluster/members/peers.js'
import { startMembers } from './harness.js'

t.test('a fixed list is told once, without tags, and is always current', async (t) => {
  const addresses = [{ host: '10.0.0.1', port: 7070 }, { host: 'node-2', port: 7070 }]
  const members = new PeersMembers(addresses)
  const { started, seen, clock } = startMembers(t, members)
  await started
  members.announce()
  await clock.tick(60_000)
  t.same(seen, [addresses.map((address) => ({ address }))])
  t.equal(members.isCurrent, true)
  t.equal(clock.timers, 0)
})
