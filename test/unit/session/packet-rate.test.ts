import { mock } from 'node:test'
import fc from 'fast-check'
import t from 'tap'
import { PacketRate } from '../../../src/session/packet-rate.js'

let now = 0
t.beforeEach(() => {
  now = 1000
  mock.method(performance, 'now', () => now)
})
t.afterEach(() => mock.restoreAll())

/** How many of so many packets in one moment may be. */
const taken = (rate: PacketRate, count: number): number => Array.from({ length: count }, () => rate.tryConsume()).filter(Boolean).length

t.test('a second\'s worth may come in one go, and not one packet more', async (t) => {
  const rate = new PacketRate(10)
  t.equal(taken(rate, 10), 10)
  t.equal(rate.tryConsume(), false)
})

t.test('nothing is saved up beyond that: a client that was silent for long may send no more at a time', async (t) => {
  for (const silence of [500, 1000, 1001, 60_000, 1e9]) {
    const rate = new PacketRate(10)
    now += silence
    t.equal(taken(rate, 50), 10, `after ${silence} ms`)
  }
})

t.test('nor is it by one that has sent a little meanwhile', async (t) => {
  const rate = new PacketRate(10)
  for (let i = 0; i < 5; i++) {
    t.ok(rate.tryConsume())
    now += 1000
  }
  t.equal(taken(rate, 50), 10)
})

t.test('what was taken comes back with time, a packet at a time', async (t) => {
  const rate = new PacketRate(10)
  taken(rate, 10)
  now += 99
  t.equal(rate.tryConsume(), false)
  now += 1
  t.equal(taken(rate, 5), 1, 'being refused has cost nothing')
  now += 400
  t.equal(taken(rate, 5), 4)
  now += 1000
  t.equal(taken(rate, 50), 10)
})

t.test('a steady rate up to the bound goes on for ever, one above it does not', async (t) => {
  for (const [every, lives] of [[250, true], [125, true], [122, false], [100, false]] as const) {
    const rate = new PacketRate(8)
    let packets = 0
    while (packets < 5000 && rate.tryConsume()) {
      packets++
      now += every
    }
    t.equal(packets === 5000, lives, `every ${every} ms: ${packets} packets`)
  }
})

t.test('one packet a second, and a great many', async (t) => {
  const one = new PacketRate(1)
  t.strictSame([one.tryConsume(), one.tryConsume()], [true, false])
  now += 1000
  t.strictSame([one.tryConsume(), one.tryConsume()], [true, false])
  t.equal(taken(new PacketRate(10_000), 10_001), 10_000)
})

t.test('within any time, no more may be than the bound for each second of it and one second more', async () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 20 }),
    fc.array(fc.record({ pause: fc.integer({ min: 0, max: 3000 }), packets: fc.integer({ min: 0, max: 50 }) }), { maxLength: 20 }),
    (perSecond, steps) => {
      const rate = new PacketRate(perSecond)
      const allowed: { at: number, count: number }[] = []
      for (const { pause, packets } of steps) {
        now += pause
        allowed.push({ at: now, count: taken(rate, packets) })
      }
      return allowed.every((from, i) => {
        let sum = 0
        return allowed.slice(i).every(({ at, count }) => {
          sum += count
          return sum <= perSecond * (1 + (at - from.at) / 1000) + 1e-6
        })
      })
    }
  ), { numRuns: 300 })
})
