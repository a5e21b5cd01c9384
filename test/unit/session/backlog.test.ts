import fc from 'fast-check'
import t from 'tap'
import { Backlog } from '../../../src/session/backlog.js'

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

/** Sessions that keep so much, and note when they are given up. */
function keepers (limit: number, sizes: readonly number[], spare: ReadonlyMap<number, number> = new Map()) {
  const given: number[] = []
  const backlog: Backlog = new Backlog(limit, () => parts)
  const onGiveUp: (() => void)[] = []
  const parts = sizes.map((size) => {
    const share = backlog.share()
    share.set(size)
    return {
      get kept () { return share.kept },
      shed () { share.set(share.kept - (spare.get(size) ?? 0)) },
      giveUp () {
        given.push(share.kept)
        share.set(0)
        for (const listener of onGiveUp) listener()
      }
    }
  })
  return { backlog, given, onGiveUp }
}

t.test('where nothing is free, the largest are given up for one that keeps less, until a sixteenth is free', async (t) => {
  const { backlog, given } = keepers(1600, [40, 300, 50, 600, 60, 550])
  const small = backlog.share()
  t.ok(small.claim(10))
  t.strictSame([given, small.kept], [[600], 10])
  t.notOk(small.claim(700), 'nobody goes for who keeps most')
  t.strictSame([given, small.kept, backlog.total], [[600], 10, 1010], 'and it keeps what it has')
})

t.test('as many are given up as it takes, but nobody who keeps less or as much', async (t) => {
  const { backlog, given } = keepers(1600, [...Array(160).fill(10), 12, 11])
  t.notOk(backlog.share().claim(10))
  t.strictSame(given, [12, 11])
})

t.test('what is said of those who are given up ends nobody', async (t) => {
  const { backlog, given, onGiveUp } = keepers(1600, [800, 700, 99])
  const said: boolean[] = []
  onGiveUp.push(() => said.push(backlog.share().claim(50)))
  t.ok(backlog.share().claim(10))
  t.strictSame([given, said], [[800], [true]])
})

t.test('what may be lost goes before anybody does, of those who keep most first, also for who keeps more than they', async (t) => {
  const { backlog, given } = keepers(1600, [500, 450, 400, 250], new Map([[500, 40], [450, 300], [250, 10]]))
  const large = backlog.share()
  t.notOk(large.claim(600), 'nobody has said that something may')
  large.maySpare()
  t.ok(large.claim(150))
  t.strictSame([given, backlog.total], [[], 500 - 40 + 450 - 300 + 400 + 250 + 150])
  large.set(600)
  t.notOk(backlog.share().claim(700), 'what may be lost was not enough, and nobody keeps more')
  t.strictSame([given, backlog.total], [[], 500 - 40 - 40 + 450 - 300 - 300 + 400 + 250 - 10 + 600])
})

t.test('who asks for more than there is, again and again, has nobody looked for in vain', async (t) => {
  let looks = 0
  const keeper = { kept: 100, shed () {}, giveUp () { this.kept = 0 } }
  const backlog: Backlog = new Backlog(1000, () => {
    looks++
    return [keeper]
  })
  backlog.share().set(990)
  const share = backlog.share()
  for (let bytes = 900; bytes > 200; bytes--) t.notOk(share.claim(bytes))
  t.equal(looks, 1, 'then it is known how much the largest keeps')
  t.strictSame(keeper.kept, 100)
})
