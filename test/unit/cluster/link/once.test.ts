import t from 'tap'
import { LogOnce } from '../../../../src/cluster/link/once.js'
import { fakeHost } from '../../../kit/cluster/link.js'

t.test('a cause is logged once for each address, and again after a link', async (t) => {
  const host = fakeHost()
  const once = new LogOnce(host.log)
  once.warn({ address: 'a' }, 'one')
  once.warn({ address: 'a' }, 'one')
  t.equal(host.warnings.length, 1)
  once.warn({ address: 'a' }, 'another')
  once.warn({ address: 'b' }, 'one')
  t.equal(host.warnings.length, 3)
  once.forget('a')
  once.warn({ address: 'a' }, 'one')
  once.warn({ address: 'b' }, 'one')
  t.equal(host.warnings.length, 4)
})

t.test('of very many addresses, the oldest are forgotten', async (t) => {
  const host = fakeHost()
  const once = new LogOnce(host.log)
  for (let i = 0; i < 1001; i++) once.warn({ address: `${i}` }, 'one')
  once.warn({ address: '1000' }, 'one')
  t.equal(host.warnings.length, 1001)
  once.warn({ address: '0' }, 'one')
  t.equal(host.warnings.length, 1002)
})
