import t from 'tap'
import { Counters } from '../../../src/observation/counters.js'
import { clock } from '../../kit/clock.js'

t.test('what has not occurred is left out', async (t) => {
  t.match(new Counters().read(), {
    opened: 0,
    ended: {},
    refused: {},
    dropped: 0,
    pollsHeld: 0,
    upgrades: { tried: 0, done: 0, failed: 0 },
    traffic: { packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0 },
    heartbeatsMissed: 0,
    forwarded: 0
  })
  t.strictSame(Object.keys(new Counters().read().ended), [])
})

t.test('it counts by reason, ends apart from refusals', async (t) => {
  const counters = new Counters()
  counters.opened += 3
  counters.dropped += 2
  counters.ended('slow client')
  counters.ended('slow client')
  counters.ended('too many packets')
  counters.ended('ping timeout')
  counters.refused('too many packets')
  const { opened, ended, refused, dropped, heartbeatsMissed } = counters.read()
  t.strictSame({ opened, ended, refused, dropped, heartbeatsMissed }, {
    opened: 3,
    ended: { 'slow client': 2, 'too many packets': 1, 'ping timeout': 1 },
    refused: { 'too many packets': 1 },
    dropped: 2,
    heartbeatsMissed: 1
  })
})

t.test('what is read is a copy, which stays as it is', async (t) => {
  const counters = new Counters()
  counters.ended('client left')
  const read = counters.read()
  const before = structuredClone(read)
  counters.ended('client left')
  counters.refused('bad request')
  counters.opened++
  counters.upgrades.tried++
  counters.traffic.countIn(7)
  counters.handshake.add(1)
  counters.pollHeld()
  t.strictSame(read, before)
})

t.test('polls are counted while they wait, and their time when they are over', async (t) => {
  const tick = clock(t)
  const counters = new Counters()
  const since = counters.pollHeld()
  counters.pollHeld()
  tick(700)
  counters.pollOver(since)
  const { pollsHeld, histograms: { poll } } = counters.read()
  t.equal(pollsHeld, 1)
  t.equal(poll.count, 1)
  t.equal(poll.sum, 0.7)
  t.strictSame(poll.buckets.filter(({ le }) => le === 0.5 || le === 1 || le === Infinity), [{ le: 0.5, count: 0 }, { le: 1, count: 1 }, { le: Infinity, count: 1 }])
})
