import t from 'tap'
import { Counters } from '../../../src/engine/counters.js'

t.test('what has not occurred is left out', async (t) => {
  t.strictSame(new Counters().read(), { opened: 0, ended: {}, refused: {}, dropped: 0 })
})

t.test('it counts by reason, ends apart from refusals', async (t) => {
  const counters = new Counters()
  counters.opened += 3
  counters.dropped += 2
  counters.ended('slow client')
  counters.ended('slow client')
  counters.ended('too many packets')
  counters.refused('too many packets')
  t.strictSame(counters.read(), {
    opened: 3,
    ended: { 'slow client': 2, 'too many packets': 1 },
    refused: { 'too many packets': 1 },
    dropped: 2
  })
})

t.test('what is read is a copy, which stays as it is', async (t) => {
  const counters = new Counters()
  counters.ended('client left')
  const read = counters.read()
  counters.ended('client left')
  counters.refused('bad request')
  counters.opened++
  t.strictSame(read, { opened: 0, ended: { 'client left': 1 }, refused: {}, dropped: 0 })
})
