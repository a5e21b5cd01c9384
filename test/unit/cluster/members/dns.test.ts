import t from 'tap'
import { DnsMembers } from '../../../../src/cluster/members/dns.js'
import { startMembers } from './harness.js'

const at = (host: string): object => ({ address: { host, port: 7070 } })

t.test('a name is resolved each 3 s; a failure keeps what was known and is logged once', async (t) => {
  let answer: readonly string[] | Error = ['10.0.0.1', 'fd00::1']
  const asked: string[] = []
  const members = new DnsMembers('app.test', 7070, async (name) => {
    asked.push(name)
    if (answer instanceof Error) throw answer
    return answer
  })
  const { started, seen, last, clock, logged } = startMembers(t, members)
  t.equal(members.isCurrent, false)
  await started
  t.same(last(), [at('10.0.0.1'), at('fd00::1')])
  t.equal(members.isCurrent, true)

  answer = new Error('ENOTFOUND')
  await clock.tick(9000)
  t.equal(asked.length, 4)
  t.equal(seen.length, 1, 'nothing is told')
  t.equal(members.isCurrent, false)
  t.equal(logged().length, 1)

  answer = ['10.0.0.2']
  await clock.tick(3000)
  t.same(last(), [at('10.0.0.2')])
  t.equal(members.isCurrent, true)
  t.equal(logged().length, 2)

  members.announce()
  await members.stop()
  await clock.tick(9000)
  t.same(asked, Array(5).fill('app.test'))
})

t.test('names are resolved as by other programs of the machine', async (t) => {
  const { started, last } = startMembers(t, new DnsMembers('localhost', 7070))
  await started
  t.ok(last()?.some(({ address }) => 'host' in address && ['127.0.0.1', '::1'].includes(address.host)))
})

t.test('a name that does not exist is a failure', async (t) => {
  const members = new DnsMembers('no-such-name.invalid', 7070)
  const { started, seen, logged } = startMembers(t, members)
  await started
  t.same(seen, [])
  t.equal(members.isCurrent, false)
  t.equal(logged().length, 1)
})
