// npm run bench:gate: every ratio that bounds.mjs promises, in about two minutes. Exit code 1 when one is missed. See README.md.
import { COMPARISONS } from './bounds.mjs'
import { ratioChart } from './lib/chart.mjs'
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { groupsOf } from './lib/groups.mjs'
import { expected, measureAll, notes, pairRows } from './lib/measure.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { table } from './lib/table.mjs'
import { loadTargets } from './lib/targets.mjs'
import { WORDS, verdict } from './lib/verdict.mjs'

const COMMON = { connections: 100, message: 'hello', clients: 1000, inflight: 32, sessions: 5000 }
/** Windows as short as the noise allows. The warm-up is what V8 needs to compile a server's paths, not less. */
const SETTINGS = {
  echo: { ...COMMON, warmup: 1200, window: 120, windows: 11 },
  push: { ...COMMON, warmup: 500, window: 150, windows: 9 },
  connect: { ...COMMON, warmup: 3000, window: 200, windows: 13 },
  memory: COMMON
}
/** Memory has one value in a round, and needs several to know its noise. */
const MEMORY_ROUNDS = 2

const FLAGS = {
  metrics: { value: 'LIST', of: Object.keys(SETTINGS), preset: Object.keys(SETTINGS).join(','), help: 'only these' },
  confirm: { value: 'N', preset: 1, help: 'how often what was missed is measured again, with fresh processes, before it counts' },
  goals: { help: 'hold it to its goals instead of its bounds' },
  ...PROCESS_FLAGS,
  out: { value: 'FILE', help: 'also write the results there' }
}

const targetsOf = (comparisons) => comparisons.flatMap(({ ours, peers }) => [...ours.map(([name]) => name), ...peers.map(({ target }) => target)])

/** Measures groups some times each, and adds to what there is of them. */
async function measureInto (all, groups, roundsOf, processes) {
  const settingsOf = ({ metric }) => SETTINGS[metric]
  const jobs = groups.flatMap((group) => Array.from({ length: roundsOf(group) }, () => group))
  const progress = new Progress(jobs.map((group) => expected(group, settingsOf(group))))
  for (const group of jobs) {
    const [rounds] = (await measureAll([group], { rounds: 1, settingsOf, processes, progress })).values()
    all.set(group, [...all.get(group) ?? [], ...rounds])
  }
}

const rowsOf = (all) => [...all].flatMap(([group, rounds]) => rounds.length === 0 ? [] : pairRows(group, rounds).map((row) => ({ ...row, verdict: verdict(row) })))
const missedIn = (all) => [...all.keys()].filter((group) => rowsOf(new Map([[group, all.get(group)]])).some(({ verdict }) => verdict === 'missed'))

function print (rows) {
  console.log(table(
    ['', 'ours', 'peer', 'ratio', '95 %', 'bound', 'goal', 'verdict'],
    rows.map(({ title, dialect, against, ratio, low, high, bound, goal, verdict }) =>
      [title, dialect, against, ratio, `${low.toFixed(2)}–${high.toFixed(2)}`, bound, goal, WORDS[verdict]])))
}

function conclude (all, rows) {
  for (const note of notes(all)) console.log(`\n${note}`)
  const missed = rows.filter(({ verdict }) => verdict === 'missed')
  const absent = [...all].filter(([, rounds]) => rounds.length === 0)
  for (const [{ title }] of absent) console.log(`\nFAILED: ${title} could not be measured.`)
  console.log(missed.length === 0 ? `\nNone of ${rows.length} ratios is above its bound.` : `\nMissed, ${missed.length} of ${rows.length}:`)
  for (const { title, dialect, against, ratio, low, high, bound } of missed) {
    console.log(`- ${title}: ${dialect} / ${against} is ${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}), not ${bound.toFixed(2)} at most`)
  }
  return missed.length + absent.length > 0 ? 1 : 0
}

async function main (values) {
  const promised = ({ peers, ...comparison }) => ({ ...comparison, peers: values.goals ? peers.map((peer) => ({ ...peer, bound: peer.goal })) : peers })
  const comparisons = COMPARISONS.filter(({ metric }) => values.metrics.includes(metric)).map(promised)
  const groups = await groupsOf(comparisons, await loadTargets(targetsOf(comparisons)))
  const processes = processSettings(values)
  const all = new Map()
  await measureInto(all, groups, ({ metric }) => metric === 'memory' ? MEMORY_ROUNDS : 1, processes)
  for (let i = 0, doubtful; i < values.confirm && (doubtful = missedIn(all)).length > 0; i++) {
    console.error(`measuring again: ${doubtful.map(({ title }) => title).join('; ')}`)
    await measureInto(all, doubtful, () => 1, processes)
  }
  const rows = rowsOf(all)
  console.log()
  print(rows)
  write({ latest: 'gate' }, { ...machine(), pairs: rows }, ratioChart(rows), values)
  return conclude(all, rows)
}

await program({ intro: 'npm run bench:gate -- [flags]', flags: FLAGS, main })
