// What the gate decides by: medians, their intervals, verdicts.
import t from 'tap'
import { COMPARISONS } from '../../bench/bounds.mjs'
import { median, medianInterval, quantile, summary } from '../../bench/lib/statistics.mjs'
import { cellsOf, counterpart, loadTargets, targetNames } from '../../bench/lib/targets.mjs'
import { verdict } from '../../bench/lib/verdict.mjs'

/** Values around a middle, without chance. */
const around = (middle: number, width: number, count = 11) => Array.from({ length: count }, (_, i) => middle + width * (i / (count - 1) - 0.5))

t.test('quantiles lie between values, and there is none of nothing', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.equal(quantile([0, 10], 0.25), 2.5)
  t.ok(Number.isNaN(median([])))
})

t.test('the interval holds the median, is wider for wider values, and the same every time', async (t) => {
  const [low, high] = medianInterval([around(1, 0.2)])
  t.ok(low < 1 && high > 1)
  t.ok(low >= 0.9 && high <= 1.1, 'it lies within the values')
  const [wideLow, wideHigh] = medianInterval([around(1, 0.6)])
  t.ok(wideLow < low && wideHigh > high)
  t.strictSame(medianInterval([around(1, 0.2)]), [low, high])
})

t.test('of very few values it is their least and largest', async (t) => {
  t.strictSame(medianInterval([[1.2], [1.0], [1.1]]), [1.0, 1.2])
  t.strictSame(medianInterval([[1.3]]), [1.3, 1.3])
})

t.test('rounds that disagree make it wider than their windows do', async (t) => {
  const [low, high] = medianInterval([around(0.9, 0.02), around(1.1, 0.02)])
  t.ok(low < 0.92 && high > 1.08)
})

t.test('a round without windows does no harm', async (t) => {
  t.strictSame(medianInterval([[], [1, 1, 1]]), [1, 1])
  t.match(summary([[1, 2, 3], []]), { ratio: 2, p25: 1.5, p75: 2.5, windows: 3 })
})

t.test('missed is what is above its bound with all of its interval', async (t) => {
  const promise = { bound: 1, goal: 0.9, stretch: 0.8 }
  t.equal(verdict({ ...promise, ratio: 1.2, low: 1.1 }), 'missed')
  t.equal(verdict({ ...promise, ratio: 1.2, low: 0.9 }), 'unclear')
  t.equal(verdict({ ...promise, ratio: 1, low: 1 }), 'short')
  t.equal(verdict({ ...promise, ratio: 0.9, low: 0.9 }), 'held')
  t.equal(verdict({ ...promise, ratio: 0.8, low: 0.7 }), 'stretched')
})

t.test('every comparison names targets and dialects that there are, and a bound, a goal and a stretch', async (t) => {
  for (const { title, ours, peers } of COMPARISONS) {
    const targets = await loadTargets([...ours.map(([name]) => name), ...peers.map(({ target }) => target)], () => {})
    for (const [name, dialect] of ours) {
      const target = targets.get(name)
      const cell = target && (await cellsOf(target)).find((each) => each.dialect === dialect)
      if (cell === undefined) {
        t.fail(`${title}: ${name} does not speak ${dialect}`)
        continue
      }
      for (const peer of peers) {
        t.ok(targetNames().includes(peer.target), `${title}: ${peer.target} is a target`)
        t.ok(peer.stretch < peer.goal && peer.goal <= peer.bound, `${title}: stretch, goal and bound of ${peer.target}`)
        const opponent = targets.get(peer.target)
        if (opponent !== undefined) t.ok(await counterpart(cell, opponent), `${title}: ${peer.target} has something to set against ${dialect}`)
      }
    }
  }
})
