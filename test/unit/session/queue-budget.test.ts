import fc from 'fast-check'
import t from 'tap'
import { QueueBudget } from '../../../src/session/queue-budget.js'

t.test('the total is the sum of what each keeps now', async (t) => {
  const budget = new QueueBudget(1000)
  const [one, other] = [budget.share(), budget.share()]
  t.equal(budget.total, 0)
  one.set(10)
  other.set(5)
  t.equal(budget.total, 15)
  one.set(3)
  t.equal(budget.total, 8)
  one.set(3)
  t.equal(budget.total, 8, 'saying it again changes nothing')
  one.set(0)
  other.set(0)
  t.equal(budget.total, 0)
})

t.test('one may keep as much as is then still free, whatever it keeps at present', async (t) => {
  const budget = new QueueBudget(1000)
  const [one, other] = [budget.share(), budget.share()]
  t.equal(one.limit, 500)
  one.set(400)
  t.equal(one.limit, 500)
  t.equal(other.limit, 300)
  one.set(1200)
  t.equal(one.limit, 500)
  t.equal(other.limit, -100, 'nothing, where there is more than there may be')
  t.equal(new QueueBudget(Infinity).share().limit, Infinity)
})

t.test('as long as nobody keeps more than it may, there is always something free', async () => {
  const claims = fc.array(fc.record({ who: fc.nat(9), bytes: fc.nat(2000) }), { maxLength: 100 })
  fc.assert(fc.property(claims, (claims) => {
    const budget = new QueueBudget(1000)
    const shares = Array.from({ length: 10 }, () => budget.share())
    return claims.every(({ who, bytes }) => {
      const share = shares[who] ?? budget.share()
      share.set(Math.min(bytes, Math.floor(share.limit)))
      return budget.total >= 0 && budget.total < 1000
    })
  }))
})

/** Sessions that keep so much, and note when they are given up. */
function keepers (limit: number, sizes: readonly number[], spare: ReadonlyMap<number, number> = new Map()) {
  const given: number[] = []
  const budget: QueueBudget = new QueueBudget(limit, () => parts)
  const onGiveUp: (() => void)[] = []
  const parts = sizes.map((size) => {
    const share = budget.share()
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
  return { budget, given, onGiveUp }
}

t.test('where nothing is free, the largest are given up for one that keeps less, until a sixteenth is free', async (t) => {
  const { budget, given } = keepers(1600, [40, 300, 50, 600, 60, 550])
  const small = budget.share()
  t.ok(small.claim(10))
  t.strictSame([given, small.kept], [[600], 10])
  t.notOk(small.claim(700), 'nobody goes for who keeps most')
  t.strictSame([given, small.kept, budget.total], [[600], 10, 1010], 'and it keeps what it has')
})

t.test('as many are given up as it takes, but nobody who keeps less or as much', async (t) => {
  const { budget, given } = keepers(1600, [...Array(160).fill(10), 12, 11])
  t.notOk(budget.share().claim(10))
  t.strictSame(given, [12, 11])
})

t.test('what is said of those who are given up ends nobody', async (t) => {
  const { budget, given, onGiveUp } = keepers(1600, [800, 700, 99])
  const said: boolean[] = []
  onGiveUp.push(() => said.push(budget.share().claim(50)))
  t.ok(budget.share().claim(10))
  t.strictSame([given, said], [[800], [true]])
})

t.test('what may be lost goes before anybody does, of those who keep most first, also for who keeps more than they', async (t) => {
  const { budget, given } = keepers(1600, [500, 450, 400, 250], new Map([[500, 40], [450, 300], [250, 10]]))
  const large = budget.share()
  t.notOk(large.claim(600), 'nobody has said that something may')
  large.maySpare()
  t.ok(large.claim(150))
  t.strictSame([given, budget.total], [[], 500 - 40 + 450 - 300 + 400 + 250 + 150])
  large.set(600)
  t.notOk(budget.share().claim(700), 'what may be lost was not enough, and nobody keeps more')
  t.strictSame([given, budget.total], [[], 500 - 40 - 40 + 450 - 300 - 300 + 400 + 250 - 10 + 600])
})

t.test('who asks for more than there is, again and again, has nobody looked for in vain', async (t) => {
  let looks = 0
  const keeper = { kept: 100, shed () {}, giveUp () { this.kept = 0 } }
  const budget: QueueBudget = new QueueBudget(1000, () => {
    looks++
    return [keeper]
  })
  budget.share().set(990)
  const share = budget.share()
  for (let bytes = 900; bytes > 200; bytes--) t.notOk(share.claim(bytes))
  t.equal(looks, 1, 'then it is known how much the largest keeps')
  t.strictSame(keeper.kept, 100)
})
