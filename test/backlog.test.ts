import fc from 'fast-check'
import t from 'tap'
import { Backlog } from '../src/backlog.js'

t.test('the total is the sum of what each keeps now', async (t) => {
  const backlog = new Backlog(1000)
  const [one, other] = [backlog.share(), backlog.share()]
  t.equal(backlog.total, 0)
  one.set(10)
  other.set(5)
  t.equal(backlog.total, 15)
  one.set(3)
  t.equal(backlog.total, 8)
  one.set(3)
  t.equal(backlog.total, 8, 'saying it again changes nothing')
  one.set(0)
  other.set(0)
  t.equal(backlog.total, 0)
})

t.test('one may keep as much as is then still free, whatever it keeps at present', async (t) => {
  const backlog = new Backlog(1000)
  const [one, other] = [backlog.share(), backlog.share()]
  t.equal(one.most, 500)
  one.set(400)
  t.equal(one.most, 500)
  t.equal(other.most, 300)
  one.set(1200)
  t.equal(one.most, 500)
  t.equal(other.most, -100, 'nothing, where there is more than there may be')
  t.equal(new Backlog(Infinity).share().most, Infinity)
})

t.test('as long as nobody keeps more than it may, there is always something free', async () => {
  const claims = fc.array(fc.record({ who: fc.nat(9), bytes: fc.nat(2000) }), { maxLength: 100 })
  fc.assert(fc.property(claims, (claims) => {
    const backlog = new Backlog(1000)
    const shares = Array.from({ length: 10 }, () => backlog.share())
    return claims.every(({ who, bytes }) => {
      const share = shares[who] ?? backlog.share()
      share.set(Math.min(bytes, Math.floor(share.most)))
      return backlog.total >= 0 && backlog.total < 1000
    })
  }))
})
