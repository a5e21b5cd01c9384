// npm run bench:sessions: this plugin and engine.io by the number of sessions: CPU per message, and memory. See README.md.
import { PROCESS_FLAGS, processSettings, program } from './lib/flags.mjs'
import { counts, localAddresses, mostConnections, sayIfFewer } from './lib/many.mjs'
import { expected, measureAll, notes, pairRow } from './lib/measure.mjs'
import { Progress } from './lib/progress.mjs'
import { machine, write } from './lib/report.mjs'
import { sessionsChart } from './lib/sessions-chart.mjs'
import { number, table } from './lib/table.mjs'
import { cellsOf, counterpart, loadTargets } from './lib/targets.mjs'

/** Transports by their names in the chart. */
const DIALECTS = { WebSocket: 'eio4-websocket', polling: 'eio4-polling-parked' }

const FLAGS = {
  transports: { value: 'LIST', of: Object.keys(DIALECTS), preset: Object.keys(DIALECTS).join(','), help: 'only these' },
  sessions: { value: 'LIST', preset: '1,10,100,1000,10000,20000', help: 'how many sessions' },
  active: { value: 'N', preset: 100, help: 'how many of them send messages, at most' },
  rounds: { value: 'N', preset: 2, help: 'how often, each time with fresh processes' },
  quick: { help: 'short samples, one round: to see that all works' },
  window: { value: 'MS', preset: 50, help: 'length of a window' },
  windows: { value: 'N', preset: 30, help: 'windows of each side in a round' },
  warmup: { value: 'MS', preset: 2500, help: 'before the first window' },
  ...PROCESS_FLAGS,
  publish: { help: 'also write docs/performance-sessions.json, -light.svg and -dark.svg' },
  out: { value: 'FILE', help: 'also write the results there' }
}

const QUICK = { rounds: 1, windows: 6, warmup: 300, sessions: '1,10,100,1000,4000' }

const settingsFor = ({ active, window, windows, warmup }) => ({ sessions }) =>
  ({ sessions, active, warmup, window, windows, message: 'hello', localAddresses: localAddresses(sessions) })

/** A session that polls has a second connection for what it sends. */
async function groupsFor ({ transports, sessions, active }) {
  const targets = await loadTargets(['self', 'engine.io'])
  const ours = await cellsOf(targets.get('self'))
  const peer = targets.get('engine.io')
  if (peer === undefined) throw new Error('nothing to compare with')
  const all = counts('sessions', sessions)
  const fitting = [...new Set(all.map((count) => Math.min(count, mostConnections() - active)))]
  sayIfFewer(Math.max(...fitting), Math.max(...all))
  return (await Promise.all(transports.map(async (title) => {
    const cell = ours.find(({ dialect }) => dialect === DIALECTS[title])
    const cells = [cell, await counterpart(cell, peer)]
    return fitting.map((sessions) => ({ title, metric: 'sessions', sessions, cells, promise: {} }))
  }))).flat()
}

const megabytes = (bytes) => bytes / 1e6

function print (rows) {
  console.log(`\nOurs and engine.io, in turn: µs of server CPU per message, and resident memory of the server, MB\n\n${table(
    ['', 'sessions', 'ours', 'its', 'ratio', 'rounds', 'MB', 'its'],
    rows.map(({ title, sessions, value, againstValue, ratio, ratios, ours, peer }) =>
      [title, String(sessions), value, againstValue, ratio, ratios.map(number).join(' '), megabytes(ours.resident), megabytes(peer.resident)]))}`)
}

async function main (values) {
  const groups = await groupsFor(values)
  const settingsOf = settingsFor(values)
  const weights = Array.from({ length: values.rounds }, (_, i) => (i % 2 === 0 ? groups : [...groups].reverse()).map((group) => expected(group, settingsOf(group)))).flat()
  const results = await measureAll(groups, { rounds: values.rounds, settingsOf, processes: processSettings(values), progress: new Progress(weights) })
  const rows = groups.filter((group) => results.get(group).length > 0).map((group) => pairRow(group, results.get(group)))
  if (rows.length === 0) throw new Error('nothing could be measured')
  print(rows)
  if (values.quick) console.log('\nThese were short samples, of servers that were not warm: the figures say that all works, and no more.')
  for (const note of notes(results)) console.log(`\n${note}`)
  const { rounds, active, window, windows, warmup } = values
  const charts = { '-light': sessionsChart(rows, active, 'light'), '-dark': sessionsChart(rows, active, 'dark') }
  const files = write({ latest: 'sessions', published: 'performance-sessions' }, { ...machine(), settings: { rounds, active, window, windows, warmup }, rows }, charts, values)
  console.log(`\nWritten: ${files.join(', ')}`)
  return [...results.values()].every((rounds) => rounds.length === values.rounds) ? 0 : 1
}

await program({ intro: 'npm run bench:sessions -- [flags]', flags: FLAGS, presets: ({ quick }) => quick ? QUICK : {}, main })
