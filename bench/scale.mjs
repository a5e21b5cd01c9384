// npm run bench:scale: what a session costs when there are few and when there are many. See README.md.
import { scaleChart } from './lib/chart.mjs'
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { counts, localAddresses, mostConnections, sayIfFewer } from './lib/many.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { sample } from './lib/sample.mjs'
import { median } from './lib/statistics.mjs'
import { table } from './lib/table.mjs'
import { cellsOf, loadTargets } from './lib/targets.mjs'

/** Kinds of sessions, by the name that they have in the chart. */
const KINDS = {
  'rev1-websocket': ['self', 'rev1-websocket'],
  'eio4-websocket': ['self', 'eio4-websocket'],
  'rev1-xhr-polling': ['self', 'rev1-xhr-polling-parked'],
  'eio4-polling': ['self', 'eio4-polling-parked'],
  htmlfile: ['self', 'htmlfile'],
  'engine.io-websocket': ['engine.io', 'eio4-websocket'],
  'engine.io-polling': ['engine.io', 'eio4-polling-parked'],
  ws: ['ws', 'ws-raw'],
  'node-http': ['node-http', 'http-raw-parked']
}
const OTHERS = ['engine.io-websocket', 'engine.io-polling', 'ws', 'node-http']

/** What is told of sessions, and of fan-out. */
const FIGURES = {
  resident: 'Resident memory of a session, bytes',
  heap: 'Heap of a session, bytes',
  idle: 'CPU of an idle session, µs per second',
  few: 'CPU of a message, few sessions active, µs',
  all: 'CPU of a message, all sessions active, µs',
  delivery: 'CPU of a delivery in a broadcast, µs'
}

const FLAGS = {
  kinds: { value: 'LIST', of: Object.keys(KINDS), preset: Object.keys(KINDS).filter((name) => !OTHERS.includes(name)).join(','), help: `kinds of sessions; also those of other servers: ${OTHERS.join(', ')}` },
  sessions: { value: 'LIST', preset: '1000,5000,20000', help: 'how many of each kind' },
  'fan-out': { value: 'LIST', preset: '1000,5000,10000', help: 'how many a broadcast goes to, or `none`' },
  rounds: { value: 'N', preset: 2, help: 'how often, each time with fresh processes' },
  quick: { help: 'short samples, one round: to see that all works' },
  active: { value: 'N', preset: 100, help: 'sessions with messages, of the many that are idle' },
  idle: { value: 'MS', preset: 26000, help: 'how long nobody says anything: heartbeats come every 25 seconds' },
  window: { value: 'MS', preset: 500, help: 'length of a window' },
  windows: { value: 'N', preset: 5, help: 'windows of each figure' },
  warmup: { value: 'MS', preset: 1500, help: 'before the first window' },
  ...PROCESS_FLAGS,
  publish: { help: 'also write docs/performance-scale.json and .svg' },
  out: { value: 'FILE', help: 'also write the results there' }
}

const QUICK = { rounds: 1, sessions: '200,500', 'fan-out': '200,500', idle: 300, window: 100, windows: 2, warmup: 300 }

/** As many as the limit on open files allows for. A poll that says something needs a second connection. */
function fitting (count, { mode }) {
  const sessions = Math.min(count, mostConnections())
  return { sessions, most: mode === 'parked' ? Math.max(Math.min(sessions, mostConnections() - sessions), 0) : sessions }
}

/** Every sample that there is to take. */
async function plan ({ kinds, sessions, 'fan-out': fanOut, active, idle, window, windows, warmup }) {
  const targets = await loadTargets(kinds.map((kind) => KINDS[kind][0]))
  const samples = []
  for (const kind of kinds.filter((kind) => targets.has(KINDS[kind][0]))) {
    const cell = (await cellsOf(targets.get(KINDS[kind][0]))).find(({ dialect }) => dialect === KINDS[kind][1])
    const add = (job, count, settings) => samples.push({ kind, job, cell, count: settings.sessions, settings: { message: 'hello', window, windows, warmup, localAddresses: localAddresses(settings.sessions), ...settings }, asked: count })
    for (const count of counts('sessions', sessions)) add('scaleSessions', count, { active, idle, ...fitting(count, cell) })
    if (cell.family !== 'websocket') continue
    for (const count of counts('fan-out', fanOut)) add('scaleFanOut', count, { sessions: Math.min(count, mostConnections()) })
  }
  const short = samples.find(({ asked, count }) => count < asked)
  if (short !== undefined) sayIfFewer(short.count, short.asked)
  return samples
}

/** Seconds that a sample should take. */
const expected = ({ count, job, settings: { warmup, window, windows, idle = 0 } }) =>
  7 + count / 1000 + (idle + (warmup + window * windows) * (job === 'scaleSessions' ? 2 : 1)) / 1000

async function measure (samples, rounds, processes) {
  const progress = new Progress(Array.from({ length: rounds }, () => samples.map(expected)).flat())
  for (let i = 0; i < rounds; i++) {
    for (const each of samples) {
      const name = `${each.kind}, ${each.count}${each.job === 'scaleFanOut' ? ', broadcast' : ''}`
      try {
        const result = await sample(each.job, [each.cell], each.settings, processes)
        each.results = [...each.results ?? [], result]
        progress.step(`${name}: ${Object.keys(FIGURES).filter((key) => key in result).map((key) => `${key} ${result[key]?.toFixed(1) ?? '–'}`).join(', ')}`)
      } catch (error) {
        progress.step(`${name}: FAILED: ${error.message}`)
      }
    }
  }
}

/** Median of a figure, undefined where there is none: no session could say anything, or a server does not tell. */
function figure (results, key) {
  const values = results.map((result) => result[key]).filter(Number.isFinite)
  return values.length === 0 ? undefined : median(values)
}

const rowsOf = (samples) => samples.filter(({ results }) => results !== undefined).map(({ kind, count, results }) => ({
  kind,
  sessions: count,
  ...Object.fromEntries([...Object.keys(FIGURES), 'most'].map((key) => [key, figure(results, key)]).filter(([, value]) => value !== undefined)),
  rounds: results.length
}))

/** For each figure and kind a row: a column for each count, and how the last compares with the first. */
function print (rows) {
  for (const [key, title] of Object.entries(FIGURES)) {
    const of = rows.filter((row) => key in row)
    if (of.length === 0) continue
    const all = [...new Set(of.map(({ sessions }) => sessions))].sort((a, b) => a - b)
    const lines = [...new Set(of.map(({ kind }) => kind))].map((kind) => {
      const values = all.map((count) => of.find((row) => row.kind === kind && row.sessions === count)?.[key] ?? NaN)
      return [kind, ...values, values.at(-1) / values[0]]
    })
    console.log(`\n${title}\n\n${table(['sessions', ...all.map(String), 'last / first'], lines)}`)
  }
}

function chartOf (rows) {
  const panels = Object.entries(FIGURES).map(([key, title]) => ({
    title,
    series: [...new Set(rows.map(({ kind }) => kind))]
      .map((name) => ({ name, points: rows.filter((row) => row.kind === name && key in row).map((row) => [row.sessions, row[key]]) }))
      .filter(({ points }) => points.length > 0)
  })).filter(({ series }) => series.length > 0)
  return scaleChart(panels, 'Cost of a session, by how many there are')
}

async function main (values) {
  const samples = await plan(values)
  await measure(samples, values.rounds, processSettings(values))
  const rows = rowsOf(samples)
  if (rows.length === 0) throw new Error('nothing could be measured')
  print(rows)
  const { rounds, active, idle, window, windows, warmup } = values
  const files = write({ latest: 'scale', published: 'performance-scale' }, { ...machine(), settings: { rounds, active, idle, window, windows, warmup }, rows }, { '': chartOf(rows) }, values)
  console.log(`\nWritten: ${files.join(', ')}`)
  return samples.every(({ results }) => results?.length === values.rounds) ? 0 : 1
}

await program({ intro: 'npm run bench:scale -- [flags]', flags: FLAGS, presets: ({ quick }) => quick ? QUICK : {}, main })
