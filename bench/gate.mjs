// npm run bench:gate: the comparisons of GATE in bounds.mjs, within three minutes. Exit code 1 if a bound is missed. See README.md.
import { GATE } from './bounds.mjs'
import { ratioChart } from './lib/chart.mjs'
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { groupsOf } from './lib/groups.mjs'
import { expected, measureAll, notes, pairRow, timesOf } from './lib/measure.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { pairTable } from './lib/table.mjs'
import { loadTargets } from './lib/targets.mjs'
import { WORDS, verdict } from './lib/verdict.mjs'

/** Fewer windows and sessions than in `npm run bench`, as far as the noise allows. The warm-up is what V8 needs to compile the paths of a server. */
const TIMES = { window: 50, windows: 20, warmup: 1000 }
const COUNTS = { clients: 1000, inflight: 32, storm: 2000, idle: 2500, message: 'hello' }

const settingsOf = ({ metric, sessions }) => ({ ...COUNTS, ...timesOf(metric, sessions, TIMES), sessions })

const FLAGS = {
  only: { value: 'TEXT', help: 'only comparisons with this text in their title' },
  seconds: { value: 'S', preset: 165, help: 'a ratio above its bound is measured again as long as there is time' },
  goals: { help: 'hold it to its goals instead of its bounds' },
  ...PROCESS_FLAGS,
  out: { value: 'FILE', help: 'also write the results there' }
}

const targetsOf = (comparisons) => comparisons.flatMap(({ ours, peers }) => [...ours.map(([name]) => name), ...peers.map(({ target }) => target)])

const rowOf = (group, rounds) => {
  const row = pairRow(group, rounds)
  return { ...row, verdict: verdict(row) }
}

/** A round of each of these groups, in addition to the rounds that there are. */
async function measureInto (all, groups, processes) {
  const progress = new Progress(groups.map((group) => expected(group, settingsOf(group))))
  for (const [group, rounds] of await measureAll(groups, { rounds: 1, settingsOf, processes, progress, before: all })) all.set(group, rounds)
}

/** The groups whose bound is missed, that with the least excess first: it is the most likely to be noise. */
function missedIn (all) {
  return [...all].filter(([, rounds]) => rounds.length > 0)
    .map(([group, rounds]) => ({ group, row: rowOf(group, rounds) }))
    .filter(({ row }) => row.verdict === 'missed')
    .sort((one, other) => one.row.ratio / one.row.bound - other.row.ratio / other.row.bound)
    .map(({ group }) => group)
}

/** Measures each group once, and the groups whose bound is missed again and again, until none is missed or the time is over. */
async function measure (groups, processes, end) {
  const all = new Map()
  await measureInto(all, groups, processes)
  const fits = (group) => performance.now() + expected(group, settingsOf(group)) * 1000 < end
  for (let missed; (missed = missedIn(all).filter(fits)).length > 0;) {
    console.error(`measured again: ${missed.length} above the bound`)
    for (const group of missed.filter(fits)) if (fits(group)) await measureInto(all, [group], processes)
  }
  return all
}

function conclude (all, rows) {
  for (const note of notes(all)) console.log(`\n${note}`)
  const missed = rows.filter(({ verdict }) => verdict === 'missed')
  const absent = [...all].filter(([, rounds]) => rounds.length === 0)
  for (const [{ title }] of absent) console.log(`\nFAILED: ${title} could not be measured.`)
  console.log(missed.length === 0 ? `\nNone of ${rows.length} ratios is above its bound.` : `\nMissed, ${missed.length} of ${rows.length}:`)
  for (const { title, dialect, against, ratio, low, high, bound, ratios } of missed) {
    console.log(`- ${title}: ${dialect} / ${against} is ${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}, rounds: ${ratios.length}), not ${bound.toFixed(2)} at most`)
  }
  return missed.length + absent.length > 0 ? 1 : 0
}

async function main ({ only = '', seconds, goals, out, ...values }) {
  const end = performance.now() + seconds * 1000
  const promised = ({ peers, ...comparison }) => ({ ...comparison, peers: goals ? peers.map((peer) => ({ ...peer, bound: peer.goal })) : peers })
  const comparisons = GATE.filter(({ title }) => title.includes(only)).map(promised)
  const groups = await groupsOf(comparisons, await loadTargets(targetsOf(comparisons)))
  const all = await measure(groups, processSettings(values), end)
  const rows = [...all].filter(([, rounds]) => rounds.length > 0).map(([group, rounds]) => rowOf(group, rounds))
  console.log(`\n${pairTable(rows, { verdict: ({ verdict }) => WORDS[verdict] })}`)
  write({ latest: 'gate' }, { ...machine(), pairs: rows }, ratioChart(rows), { out })
  return conclude(all, rows)
}

await program({ intro: 'npm run bench:gate -- [flags]', flags: FLAGS, main })
