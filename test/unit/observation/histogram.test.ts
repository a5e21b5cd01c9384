import t from 'tap'
import { Histogram } from '../../../src/observation/histogram.js'

t.test('a duration counts in every bucket that it fits into', async (t) => {
  const histogram = new Histogram([0.1, 1, 10])
  for (const seconds of [0.05, 0.1, 0.5, 5, 50]) histogram.add(seconds)
  t.strictSame(histogram.read(), {
    buckets: [{ le: 0.1, count: 2 }, { le: 1, count: 3 }, { le: 10, count: 4 }, { le: Infinity, count: 5 }],
    sum: 55.65,
    count: 5
  })
})
