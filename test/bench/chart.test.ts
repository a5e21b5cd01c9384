// The charts of the benchmark are well-formed and say what they are given.
import t from 'tap'
import { ratioChart, scaleChart } from '../../bench/lib/chart.mjs'
import { sessionsChart } from '../../bench/lib/sessions-chart.mjs'
import { ceiling } from '../../bench/lib/svg.mjs'

/** Every element that is opened is closed, in order. */
function wellFormed (svg: string): boolean {
  const open: string[] = []
  for (const [, closing, name, alone] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (closing === '/') {
      if (open.pop() !== name) return false
    } else if (alone !== '/') open.push(name ?? '')
  }
  return open.length === 0 && !/NaN|undefined|Infinity/.test(svg)
}

const ROW = { title: 'echo', dialect: 'eio4-websocket', against: 'ws', ratio: 0.9, low: 0.85, high: 0.95 }

t.test('a bar for each ratio, with its bound; another colour for what is above', async (t) => {
  const svg = ratioChart([{ ...ROW, bound: 1.05 }, { ...ROW, against: 'engine.io', ratio: 2, low: 1.9, high: 2.1, bound: 0.8 }, { ...ROW, title: 'push' }])
  t.ok(wellFormed(svg))
  t.equal(svg.match(/class="bar"/g)?.length, 2)
  t.equal(svg.match(/class="over"/g)?.length, 1)
  t.equal(svg.match(/class="bound"/g)?.length, 2)
  t.match(svg, />0\.90</)
  t.match(svg, 'prefers-color-scheme: dark')
})

t.test('names cannot break out of it', async (t) => {
  const svg = ratioChart([{ ...ROW, against: '<script>"&' }])
  t.ok(wellFormed(svg))
  t.notMatch(svg, '<script>')
})

t.test('a line for each series, also with one count only, and a legend', async (t) => {
  const svg = scaleChart([
    { title: 'memory', series: [{ name: 'websocket', points: [[1000, 9000], [5000, 9100], [20_000, 9050]] }, { name: 'polling', points: [[1000, 12_000]] }] },
    { title: 'nothing used', series: [{ name: 'websocket', points: [[1000, 0]] }] }
  ], 'Cost')
  t.ok(wellFormed(svg))
  t.equal(svg.match(/<polyline/g)?.length, 3)
  t.equal(svg.match(/>websocket</g)?.length, 1)
})

const side = (resident: number) => ({ resident })
const PAIR = { value: 20, againstValue: 25, ratio: 0.8, low: 0.8, high: 0.8, ratios: [0.8] }

t.test('ours beside engine.io: panels for CPU and memory of each transport, with ratios, and what a session adds', async (t) => {
  const rows = ['WebSocket', 'polling'].flatMap((title) => [
    { ...PAIR, title, sessions: 1, ours: side(80e6), peer: side(60e6) },
    { ...PAIR, title, sessions: 1001, ours: side(90e6), peer: side(75e6) },
    { ...PAIR, title, sessions: 1900, ours: side(99e6), peer: side(88e6) }
  ])
  const light = sessionsChart(rows, 100, 'light')
  t.ok(wellFormed(light))
  t.equal(light.match(/<polyline/g)?.length, 8)
  t.equal(light.match(/>0\.80</g)?.length, 6)
  t.match(light, '>A session adds 10 KB; with engine.io 14.7 KB.<')
  t.match(light, '>1.9k<')
  t.notMatch(light, 'prefers-color-scheme')
  const dark = sessionsChart(rows, 100, 'dark')
  t.equal(dark.replace(/<style>[^]*<\/style>/, ''), light.replace(/<style>[^]*<\/style>/, ''))
  t.not(dark, light)
})

t.test('one number of sessions makes a chart as well', async (t) => t.ok(wellFormed(sessionsChart([{ ...PAIR, title: 'polling', sessions: 10, ours: side(8e7), peer: side(6e7) }], 100, 'dark'))))

t.test('scales end at a round number that is not less', async (t) => {
  t.equal(ceiling(9.3), 10)
  t.equal(ceiling(13_100), 16_000)
  t.equal(ceiling(1), 1)
  t.equal(ceiling(0), 1)
})
