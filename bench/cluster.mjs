// npm run bench:cluster: what several nodes cost, against one node and against @socket.io/cluster-engine. Exit code 1 when a bound is missed.
// See README.md.
import { COMPARISONS } from './cluster/bounds.mjs'
import { ratioChart } from './lib/chart.mjs'
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { groupsOf } from './lib/groups.mjs'
import { expected, measureAll, notes, pairRow, timesOf } from './lib/measure.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { pairTable } from './lib/table.mjs'
import { loadTargets } from './lib/targets.mjs'
import { WORDS, verdict } from './lib/verdict.mjs'

const TITLE = 'Several nodes, as a multiple of what one node or the peer costs'
const NOTE = 'Less is better. Thin line: 95 % confidence interval of the median. Mark: the bound.'

const FLAGS = {
  'cluster-engine': { value: 'PATH', help: 'a built checkout of @socket.io/cluster-engine (without: not compared)' },
  metrics: { value: 'LIST', of: ['echo', 'memory'], preset: 'echo,memory', help: 'only these' },
  only: { value: 'TEXT', help: 'only comparisons with this text in their title' },
  rounds: { value: 'N', preset: 5, help: 'how often, each time with fresh processes' },
  quick: { help: 'short samples, one round: to see that all works' },
  window: { value: 'MS', preset: 50, help: 'length of a window; longer for more than 200 sessions' },
  windows: { value: 'N', preset: 30, help: 'windows of each side in a round' },
  warmup: { value: 'MS', preset: 6000, help: 'before the first window; an owner has few of the milliseconds' },
  sessions: { value: 'N', preset: 100, help: 'echo: sessions, each with a message on its way' },
  idle: { value: 'N', preset: 8000, help: 'memory: idle sessions; with fewer, what each process takes anyway decides' },
  ...PROCESS_FLAGS,
  publish: { help: 'also write docs/cluster-performance.json and .svg' },
  out: { value: 'FILE', help: 'also write the results there' }
}

const QUICK = { rounds: 1, windows: 4, warmup: 600, idle: 500 }

const chosen = ({ metrics, only = '' }) => COMPARISONS.filter(({ metric, title }) => metrics.includes(metric) && title.includes(only))

const targetsOf = (comparisons) => comparisons.flatMap(({ ours, peers }) => [...ours.map(([name]) => name), ...peers.map(({ target }) => target)])

function print (rows) {
  console.log(`\nµs of server CPU per message, or bytes per session, of all nodes together.\n\n${pairTable(rows, { verdict: ({ verdict }) => WORDS[verdict] })}`)
}

async function main (values) {
  if (values['cluster-engine'] !== undefined) process.env.CLUSTER_ENGINE = values['cluster-engine'] // its target and the servers read it
  const comparisons = chosen(values)
  const groups = await groupsOf(comparisons, await loadTargets(targetsOf(comparisons)))
  const { rounds, window, windows, warmup, sessions, idle } = values
  const settings = { ...timesOf('echo', sessions, { window, windows, warmup }), sessions, idle, message: 'hello' }
  const weights = Array.from({ length: rounds }, (_, i) => (i % 2 === 0 ? groups : [...groups].reverse()).map((group) => expected(group, settings))).flat()
  const results = await measureAll(groups, { rounds, settingsOf: () => settings, processes: processSettings(values), progress: new Progress(weights) })
  const done = groups.filter((group) => results.get(group).length > 0)
  const rows = done.map((group) => pairRow(group, results.get(group))).map((row) => ({ ...row, verdict: verdict(row) }))
  print(rows)
  if (values.quick) console.log('\nThese were short samples, of servers that were not warm: the figures say that all works, and no more.')
  for (const note of notes(results)) console.log(`\n${note}`)
  const files = write({ latest: 'cluster', published: 'cluster-performance' }, { ...machine(), settings: { rounds, ...settings }, pairs: rows }, { '': ratioChart(rows, TITLE, NOTE) }, values)
  console.log(`\nWritten: ${files.join(', ')}`)
  return done.length < groups.length || rows.some(({ verdict }) => verdict === 'missed') ? 1 : 0
}

await program({ intro: 'npm run bench:cluster -- [flags]', flags: FLAGS, presets: ({ quick }) => quick ? QUICK : {}, main })
