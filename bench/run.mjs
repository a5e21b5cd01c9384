// npm run bench: this plugin and its peers, side by side. See README.md.
import { COMPARISONS } from './bounds.mjs'
import { ratioChart } from './lib/chart.mjs'
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { alone, groupsOf, measurable, opposed } from './lib/groups.mjs'
import { aloneRow, expected, measureAll, notes, pairRow, timesOf } from './lib/measure.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { pairTable, table } from './lib/table.mjs'
import { cellsOf, dialectNames, loadTargets, targetNames } from './lib/targets.mjs'

const METRICS = ['echo', 'load', 'push', 'connect', 'life', 'storm', 'memory']
/** `pair` is echo against an opponent. A metric by itself is of each target alone. */
const PAIRS = Object.fromEntries(METRICS.map((metric) => [metric === 'echo' ? 'pair' : `pair-${metric}`, metric]))
/** The metrics that have a number of sessions. */
const COUNTED = ['echo', 'load']
/** Opponents if none are named: each of one family of dialects. */
const FLOORS = ['ws', 'node-http']
/** Sessions where neither the comparison nor a flag says how many. */
const SESSIONS = 100

const FLAGS = {
  metrics: { value: 'LIST', of: ['table', ...Object.keys(PAIRS), ...METRICS], preset: 'table', help: `what is measured; table: what bounds.mjs compares; pair...: against an opponent; the others: of each target alone;\n${' '.repeat(20)}${[...Object.keys(PAIRS), ...METRICS].join(', ')}` },
  targets: { value: 'LIST', help: `who is measured: paths that end in .mjs, or ${targetNames().join(', ')} (all that are installed)` },
  dialects: { value: 'LIST', of: dialectNames(), help: 'only these (all that a target speaks)' },
  against: { value: 'LIST', help: 'the opponents, one after the other (pairs: the floor, ws or node-http; table: all that bounds.mjs lists)' },
  only: { value: 'TEXT', help: 'only groups with this text in their title' },
  promised: { help: 'table: only comparisons with a goal' },
  sessions: { value: 'LIST', help: `echo, load: how many sessions send messages (table: what bounds.mjs lists; others: ${SESSIONS})` },
  rounds: { value: 'N', preset: 5, help: 'how often, each time with fresh processes' },
  quick: { help: 'short samples, one round: to see that all works' },
  window: { value: 'MS', preset: 50, help: 'length of a window; longer for more than 200 sessions' },
  windows: { value: 'N', preset: 30, help: 'windows of each side in a round' },
  duration: { value: 'MS', preset: 3000, help: 'length of the one window of a target alone' },
  warmup: { value: 'MS', preset: 1500, help: 'before the first window; connect, life: twice as long' },
  size: { value: 'N', preset: 5, help: 'echo: characters of a message' },
  rate: { value: 'N', preset: 2000, help: 'load: messages a second' },
  clients: { value: 'N', preset: 1000, help: 'push: sessions that a broadcast goes to' },
  inflight: { value: 'N', preset: 32, help: 'connect, life: sessions being opened at a time' },
  storm: { value: 'N', preset: 5000, help: 'storm: sessions that are opened within a second' },
  idle: { value: 'N', preset: 5000, help: 'memory: idle sessions' },
  ...PROCESS_FLAGS,
  publish: { help: 'also write docs/performance.json and .svg' },
  out: { value: 'FILE', help: 'also write the results there' }
}

const QUICK = { rounds: 1, windows: 4, duration: 500, warmup: 600, clients: 200, storm: 500, idle: 500 }

function settingsFor (values) {
  const { window, windows, warmup, rate, clients, inflight, storm, idle, size, duration } = values
  const common = { rate, clients, inflight, storm, idle, message: size === 5 ? 'hello' : 'm'.repeat(size) }
  return ({ metric, sessions, cells }) => ({
    ...common,
    ...timesOf(metric, sessions, cells.length > 1 ? { window, windows, warmup } : { window: duration, windows: 1, warmup }),
    sessions,
    withLatency: metric === 'load' || (metric === 'echo' && cells.length === 1)
  })
}

/** @returns undefined if there is no list */
function counts (text) {
  if (text === undefined) return undefined
  const list = text.split(',').map(Number)
  if (!list.every((count) => Number.isInteger(count) && count > 0)) throw new Error(`--sessions ${text}: not a list of whole numbers`)
  return list
}

/** The comparisons of bounds.mjs, of these targets, dialects, opponents and numbers of sessions only. */
const chosen = (names, { dialects, against, sessions, promised }) => COMPARISONS
  .filter((comparison) => comparison.sessions === undefined || (counts(sessions)?.includes(comparison.sessions) ?? true))
  .map((comparison) => ({
    ...comparison,
    ours: comparison.ours.filter(([target, dialect]) => names.includes(target) && (dialects?.includes(dialect) ?? true)),
    peers: comparison.peers.filter(({ target, goal }) => (against?.split(',').includes(target) ?? true) && !(promised && goal === undefined))
  }))

async function groupsFor (values) {
  const { metrics, targets, dialects, against, sessions, only = '' } = values
  const names = targets?.split(',') ?? targetNames()
  const rivals = against?.split(',')
  const comparisons = metrics.includes('table') ? chosen(names, values) : []
  const peers = comparisons.filter(({ ours }) => ours.length > 0).flatMap(({ peers }) => peers.map(({ target }) => target))
  const loaded = await loadTargets([...names, ...peers, ...rivals ?? FLOORS])
  const listed = (list) => list.filter((name) => loaded.has(name)).map((name) => loaded.get(name))
  const cells = (await Promise.all(listed(names).map(cellsOf))).flat().filter(({ dialect }) => dialects?.includes(dialect) ?? true)
  const opponentsOf = ({ family }) => rivals === undefined ? listed(FLOORS).filter(({ floor }) => floor === family) : listed(rivals)
  const groups = []
  for (const name of metrics) {
    if (name === 'table') {
      groups.push(...await groupsOf(comparisons, loaded))
      continue
    }
    const metric = PAIRS[name] ?? name
    const usable = cells.filter((cell) => measurable(cell, metric))
    for (const count of COUNTED.includes(metric) ? counts(sessions) ?? [SESSIONS] : [undefined]) {
      groups.push(...name in PAIRS ? await opposed(metric, count, usable, opponentsOf) : alone(metric, count, usable))
    }
  }
  return groups.filter(({ title }) => title.includes(only))
}

function print (pairs, alone) {
  if (pairs.length > 0) console.log(`\nOurs against one peer, in turn; µs of server CPU per unit, or bytes. The ratio is the median of the rounds, with its 95 % confidence interval.\n\n${pairTable(pairs)}`)
  const loads = pairs.filter(({ ours }) => 'p50' in ours || 'seconds' in ours)
  if (loads.length > 0) console.log(`\nLatency at a fixed rate, ms; time until all clients of a storm have connected, s\n\n${timeTable(loads)}`)
  for (const metric of METRICS) {
    const rows = alone.filter((row) => row.metric === metric).sort((a, b) => a.dialect < b.dialect ? -1 : a.dialect > b.dialect ? 1 : a.value - b.value)
    if (rows.length === 0) continue
    const keys = Object.keys(rows[0]).filter((key) => typeof rows[0][key] === 'number')
    console.log(`\n${metric}: ${metric === 'memory' ? 'bytes' : 'µs of server CPU'} per unit\n\n${table(['target', 'dialect', ...keys], rows.map((row) => [row.target, row.dialect, ...keys.map((key) => row[key])]))}`)
  }
}

function timeTable (rows) {
  const figures = ({ p50, p99, seconds }) => [p50 ?? NaN, p99 ?? NaN, seconds ?? NaN]
  return table(
    ['', 'dialect', 'against', 'p50', 'its', 'p99', 'its', 'seconds', 'its'],
    rows.map(({ title, dialect, against, ours, peer }) => [title, dialect, against, ...figures(ours).flatMap((figure, at) => [figure, figures(peer)[at]])]))
}

async function main (values) {
  const groups = await groupsFor(values)
  if (groups.length === 0) throw new Error('nothing to measure: no target that is installed speaks such a dialect, or has an opponent')
  const settingsOf = settingsFor(values)
  const weights = Array.from({ length: values.rounds }, (_, i) => (i % 2 === 0 ? groups : [...groups].reverse()).map((group) => expected(group, settingsOf(group)))).flat()
  const results = await measureAll(groups, { rounds: values.rounds, settingsOf, processes: processSettings(values), progress: new Progress(weights) })
  const done = groups.filter((group) => results.get(group).length > 0)
  const pairs = done.filter(({ cells }) => cells.length > 1).map((group) => pairRow(group, results.get(group)))
  const alone = done.filter(({ cells }) => cells.length === 1).map((group) => aloneRow(group, results.get(group)))
  print(pairs, alone)
  if (values.quick) console.log('\nThese were short samples, of servers that were not warm: the figures say that all works, and no more.')
  for (const note of notes(results)) console.log(`\n${note}`)
  const { window, windows, rounds, warmup, size, rate, clients, inflight, storm, idle } = values
  const settings = { rounds, window, windows, warmup, size, rate, clients, inflight, storm, idle }
  const files = write({ latest: 'latest', published: 'performance' }, { ...machine(), settings, pairs, alone }, pairs.length > 0 ? { '': ratioChart(pairs) } : {}, values)
  console.log(`\nWritten: ${files.join(', ')}`)
  return [...results.values()].every((rounds) => rounds.length === values.rounds) ? 0 : 1
}

await program({
  intro: 'npm run bench -- [flags]',
  flags: FLAGS,
  presets: ({ quick }) => quick ? QUICK : {},
  main
})
