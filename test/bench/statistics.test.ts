// What the gate decides by: medians, their intervals, verdicts.
import t from 'tap'
import { COMPARISONS, GATE } from '../../bench/bounds.mjs'
import { groupsOf } from '../../bench/lib/groups.mjs'
import { notes, pairRow, timesOf } from '../../bench/lib/measure.mjs'
import { median, medianInterval, quantile, random, summary } from '../../bench/lib/statistics.mjs'
import { cellsOf, counterpart, loadTargets, targetNames } from '../../bench/lib/targets.mjs'
import { verdict } from '../../bench/lib/verdict.mjs'

t.test('quantiles lie between values, and there is none of nothing', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 2, 3]), 2.5)
  t.equal(quantile([0, 10], 0.25), 2.5)
  t.ok(Number.isNaN(median([])))
})

t.test('the interval holds the median, is wider for wider values, and the same every time', async (t) => {
  const around = (width: number) => Array.from({ length: 11 }, (_, i) => 1 + width * (i / 10 - 0.5))
  const [low, high] = medianInterval(around(0.2))
  t.ok(low < 1 && high > 1)
  t.ok(low > 0.9 && high < 1.1, 'it lies within the values')
  const [wideLow, wideHigh] = medianInterval(around(0.6))
  t.ok(wideLow < low && wideHigh > high)
  t.strictSame(medianInterval(around(0.2)), [low, high])
})

t.test('of five values or fewer it is their least and largest', async (t) => {
  t.strictSame(medianInterval([1.2, 1.0, 1.1]), [1.0, 1.2])
  t.strictSame(medianInterval([1.3, 1.0, 1.1, 1.4, 1.2]), [1.0, 1.4])
  t.strictSame(medianInterval([1.3]), [1.3, 1.3])
})

t.test('a summary has the ratio of each round, in order', async (t) => {
  t.strictSame(summary([1.2, 0.9, 1.1]), { ratio: 1.1, low: 0.9, high: 1.2, ratios: [1.2, 0.9, 1.1] })
})

t.test('the same seed gives the same numbers', async (t) => {
  const [one, same, other] = [random(1), random(1), random(2)].map((next) => Array.from({ length: 100 }, next))
  t.strictSame(one, same)
  t.notSame(one, other)
  t.ok(one?.every((value) => value >= 0 && value < 1))
})

t.test('missed is what is above its bound with all of its interval', async (t) => {
  const promise = { bound: 1, goal: 0.9 }
  t.equal(verdict({ ...promise, ratio: 1.2, low: 1.1 }), 'missed')
  t.equal(verdict({ ...promise, ratio: 1.2, low: 0.9 }), 'unclear')
  t.equal(verdict({ ...promise, ratio: 1, low: 1 }), 'short')
  t.equal(verdict({ ...promise, ratio: 0.9, low: 0.9 }), 'held')
  t.equal(verdict({ ratio: 2, low: 2 }), undefined, 'without a bound there is no verdict')
})

t.test('every comparison names targets and dialects that there are, and no goal above its bound', async (t) => {
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
        t.equal(peer.goal === undefined, peer.bound === undefined, `${title}: ${peer.target} has a goal and a bound, or neither`)
        t.notOk((peer.goal ?? 0) > (peer.bound ?? 0), `${title}: goal and bound of ${peer.target}`)
        const opponent = targets.get(peer.target)
        if (opponent !== undefined) t.ok(await counterpart(cell, opponent), `${title}: ${peer.target} has something to set against ${dialect}`)
      }
    }
  }
})

t.test('echoes are compared at 1, 10, 100 and 1,000 sessions', async (t) => {
  for (const dialect of ['eio4-websocket', 'rev1-xhr-polling', 'eio4-polling-parked']) {
    const echoes = COMPARISONS.filter(({ metric, ours }) => metric === 'echo' && ours.some(([name, each]) => name === 'self' && each === dialect))
    t.strictSame(echoes.filter(({ peers }) => peers.some(({ target }) => target === 'engine.io')).map(({ sessions }) => sessions), [1, 10, 100, 1000], dialect)
  }
})

t.test('each comparison of the gate is one dialect against one peer with a bound', async (t) => {
  t.ok(GATE.length > 10)
  for (const { title, metric, ours, peers } of GATE) {
    t.equal(ours.length, 1, title)
    t.equal(peers.length, 1, title)
    t.type(peers[0]?.bound, 'number', title)
    t.type(metric, 'string', title)
  }
})

t.test('two servers are alive in a sample: each peer has a group of its own', async (t) => {
  const comparisons = COMPARISONS.filter(({ title, sessions }) => title === 'echo, polling' && sessions === 100)
  const groups = await groupsOf(comparisons, await loadTargets(['self', 'engine.io', 'node-http', 'socket.io-0.9'], () => {}))
  t.strictSame(groups.map(({ cells }) => cells.map(({ target: { id } }) => id).join()), ['self', 'self'].flatMap(() => ['self,node-http', 'self,engine.io', 'self,socket.io-0.9']))
  t.equal(groups[0]?.title, 'echo, polling, 100 sessions')
  t.strictSame(groups[0]?.promise, { bound: 1.38, goal: 1.2 })
})

const side = (value: number, disturbed = 0) => ({ value, windows: 10, disturbed })

t.test('a row has the ratio of each round, and figures of both sides', async (t) => {
  const [group] = await groupsOf(COMPARISONS.filter(({ title, sessions }) => title === 'echo, polling' && sessions === 100), await loadTargets(['self', 'engine.io'], () => {}))
  if (group === undefined) throw new Error('no group')
  const row = pairRow(group, [[{ ...side(10), p50: 1 }, { ...side(20), p50: 3 }], [{ ...side(30), p50: 2 }, { ...side(20), p50: 3 }], [side(20), side(20)]])
  t.match(row, { ratio: 1, low: 0.5, high: 1.5, ratios: [0.5, 1.5, 1], value: 20, againstValue: 20, ours: { p50: 1.5 }, peer: { p50: 3 }, sessions: 100 })
})

t.test('windows in which a server waited for its CPU are reported', async (t) => {
  t.strictSame(notes(new Map([[{}, [[side(1), side(1)]]]])), [])
  t.match(notes(new Map([[{}, [[side(1, 2), side(1)], [side(1, 1), side(1)]]]])), ['Servers were disturbed in 3 of 40 windows'])
})

t.test('with many sessions a window is longer, and to open sessions the warm-up', async (t) => {
  const times = { window: 50, windows: 30, warmup: 1000 }
  t.strictSame(timesOf('echo', 100, times), times)
  t.strictSame(timesOf('echo', 1000, times), { ...times, window: 250 })
  t.strictSame(timesOf('connect', undefined, times), { ...times, warmup: 2000 })
})
