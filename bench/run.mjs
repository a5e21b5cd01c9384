// npm run bench: this plugin and its peers, side by side. See README.md.
import { COMPARISONS } from './bounds.mjs'
import { ratioChart } from './lib/chart.mjs'
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { alone, groupsOf, measurable, opposed } from './lib/groups.mjs'
import { aloneRow, expected, measureAll, notes, pairRows } from './lib/measure.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { table } from './lib/table.mjs'
import { cellsOf, dialectNames, loadTargets, targetNames } from './lib/targets.mjs'

/** `pair` is echo, against an opponent; a metric by itself is of each target alone. */
const PAIRS = { pair: 'echo', 'pair-push': 'push', 'pair-connect': 'connect', 'pair-memory': 'memory' }
/** Opponents where none are named: each of one family of dialects. */
const FLOORS = ['ws', 'node-http']
const ALONE = ['echo', 'push', 'connect', 'memory']

const FLAGS = {
  metrics: { value: 'LIST', of: ['table', ...Object.keys(PAIRS), ...ALONE], preset: 'table', help: 'what is measured; table: what bounds.mjs compares; pair...: echo, push, ... against an opponent; the others: of each target alone;\n' + '                    pair, pair-push, pair-connect, pair-memory, echo, push, connect, memory' },
  targets: { value: 'LIST', help: `who is measured: paths that end in .mjs, or ${targetNames().join(', ')} (all that are installed)` },
  dialects: { value: 'LIST', of: dialectNames(), help: 'only these (all that a target speaks)' },
  against: { value: 'LIST', help: 'for pairs: the opponents, several of them alive at once (the floor: ws, node-http)' },
  rounds: { value: 'N', preset: 5, help: 'how often, each time with fresh processes' },
  quick: { help: 'short samples, one round: to see that all works' },
  window: { value: 'MS', preset: 300, help: 'length of a window' },
  windows: { value: 'N', preset: 12, help: 'windows of each side in a round' },
  duration: { value: 'MS', preset: 3000, help: 'length of the one window of a target alone' },
  warmup: { value: 'MS', preset: 1500, help: 'before the first window; connect: twice as long' },
  connections: { value: 'N', preset: 100, help: 'echo: sessions, each with a message on its way' },
  size: { value: 'N', preset: 5, help: 'echo: characters of a message' },
  clients: { value: 'N', preset: 1000, help: 'push: sessions that a broadcast goes to' },
  inflight: { value: 'N', preset: 32, help: 'connect: sessions being opened at a time' },
  sessions: { value: 'N', preset: 5000, help: 'memory: idle sessions' },
  ...PROCESS_FLAGS,
  publish: { help: 'also write docs/performance.json and .svg' },
  out: { value: 'FILE', help: 'also write the results there' }
}

/** Opening a session runs through more code than a message, and less often: V8 takes longer to compile it. */
const CONNECT_WARMUP = 2

const QUICK = { rounds: 1, window: 100, windows: 4, duration: 500, warmup: 600, clients: 200, sessions: 500 }

function settingsFor (values) {
  const { window, windows, warmup, connections, clients, inflight, sessions, size, duration } = values
  const common = { connections, clients, inflight, sessions, message: size === 5 ? 'hello' : 'm'.repeat(size) }
  return ({ metric, pairs }) => ({
    ...common,
    ...pairs.length > 0 ? { window, windows } : { window: duration, windows: 1, withLatency: metric === 'echo' },
    warmup: metric === 'connect' ? warmup * CONNECT_WARMUP : warmup
  })
}

/** The comparisons of bounds.mjs, of these targets and dialects only. */
const chosen = (names, dialects) => COMPARISONS.map((comparison) => ({
  ...comparison,
  ours: comparison.ours.filter(([target, dialect]) => names.includes(target) && (dialects?.includes(dialect) ?? true))
}))

async function groupsFor ({ metrics, targets, dialects, against }) {
  const names = targets?.split(',') ?? targetNames()
  const rivals = against?.split(',')
  const comparisons = metrics.includes('table') ? chosen(names, dialects) : []
  const peers = comparisons.filter(({ ours }) => ours.length > 0).flatMap(({ peers }) => peers.map(({ target }) => target))
  const loaded = await loadTargets([...names, ...peers, ...rivals ?? FLOORS])
  const listed = (list) => list.filter((name) => loaded.has(name)).map((name) => loaded.get(name))
  const cells = (await Promise.all(listed(names).map(cellsOf))).flat().filter(({ dialect }) => dialects?.includes(dialect) ?? true)
  const opponentsOf = ({ family }) => rivals === undefined ? listed(FLOORS).filter(({ floor }) => floor === family) : listed(rivals)
  const groups = []
  for (const metric of metrics) {
    const usable = cells.filter((cell) => measurable(cell, PAIRS[metric] ?? metric))
    if (metric === 'table') groups.push(...await groupsOf(comparisons, loaded))
    else groups.push(...metric in PAIRS ? await opposed(PAIRS[metric], usable, opponentsOf) : alone(metric, usable))
  }
  return groups
}

function print (pairs, alone) {
  if (pairs.length > 0) console.log(`\nOurs against a peer, alive at once and in turn; µs of server CPU per unit, or bytes. 95 % confidence interval of the median.\n\n${pairTable(pairs)}`)
  for (const metric of ALONE) {
    const rows = alone.filter((row) => row.metric === metric).sort((a, b) => a.dialect < b.dialect ? -1 : a.dialect > b.dialect ? 1 : a.value - b.value)
    if (rows.length === 0) continue
    const keys = Object.keys(rows[0]).filter((key) => typeof rows[0][key] === 'number')
    console.log(`\n${metric}: ${metric === 'memory' ? 'bytes' : 'µs of server CPU'} per unit\n\n${table(['target', 'dialect', ...keys], rows.map((row) => [row.target, row.dialect, ...keys.map((key) => row[key])]))}`)
  }
}

function pairTable (rows) {
  return table(
    ['metric', 'target', 'dialect', 'against', 'its dialect', 'ours', 'its', 'ratio', '95 %', 'bound', 'goal'],
    rows.map(({ metric, target, dialect, against, againstDialect, value, againstValue, ratio, low, high, bound, goal }) =>
      [metric, target, dialect, against, againstDialect, value, againstValue, ratio, `${low.toFixed(2)}–${high.toFixed(2)}`, bound?.toFixed(2), goal?.toFixed(2)]))
}

async function main (values) {
  const groups = await groupsFor(values)
  if (groups.length === 0) throw new Error('nothing to measure: no target that is installed speaks such a dialect, or has an opponent')
  const settingsOf = settingsFor(values)
  const weights = Array.from({ length: values.rounds }, (_, i) => (i % 2 === 0 ? groups : [...groups].reverse()).map((group) => expected(group, settingsOf(group)))).flat()
  const results = await measureAll(groups, { rounds: values.rounds, settingsOf, processes: processSettings(values), progress: new Progress(weights) })
  const done = groups.filter((group) => results.get(group).length > 0)
  const pairs = done.filter((group) => group.pairs.length > 0).flatMap((group) => pairRows(group, results.get(group)))
  const alone = done.filter((group) => group.pairs.length === 0).map((group) => aloneRow(group, results.get(group)))
  print(pairs, alone)
  if (values.quick) console.log('\nThese were short samples, of servers that were not warm: the figures say that all works, and no more.')
  for (const note of notes(results)) console.log(`\n${note}`)
  const { window, windows, rounds, warmup, connections, size, clients, inflight, sessions } = values
  const settings = { rounds, window, windows, warmup, connections, size, clients, inflight, sessions }
  const files = write({ latest: 'latest', published: 'performance' }, { ...machine(), settings, pairs, alone }, pairs.length > 0 ? ratioChart(pairs) : undefined, values)
  console.log(`\nWritten: ${files.join(', ')}`)
  return done.length < groups.length ? 1 : 0
}

await program({
  intro: 'npm run bench -- [flags]',
  flags: FLAGS,
  presets: ({ quick }) => quick ? QUICK : {},
  main
})
