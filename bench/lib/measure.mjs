// Groups are measured in rounds, each with fresh processes. The results become rows.
import { sample, sampleInTurn } from './sample.mjs'
import { median, summary } from './statistics.mjs'

/** Seconds that a server takes to start and to end, and that the client does. */
const START = 0.7
/** What a sample of memory waits for in any case, and what it takes to open a thousand sessions, s. */
const MEMORY = 5
const OPEN = 0.6
/** What a sample waits for after a window of `connect` and `life`, and after a storm, s. */
const SETTLE = 0.1
const STORM = 2.5
/** Memory does not depend on the CPU: its servers need not share one. */
const UNPINNED = { serverCpu: 'none', clientCpu: 'none' }

/** The metrics whose sample is a job of its own. All others are workloads of `compare`. */
const JOBS = new Set(['memory', 'storm'])

/** Opening a session runs through more code than a message, and less often: V8 takes longer to compile it. */
const CONNECT_WARMUP = 2
/** With more sessions than this, a window is longer: each session is to send several messages in it. */
const SESSIONS_OF_WINDOW = 200

/** The windows and the warm-up of a metric. */
export function timesOf (metric, sessions = 0, { window, windows, warmup }) {
  return {
    window: window * Math.max(1, sessions / SESSIONS_OF_WINDOW),
    windows,
    warmup: metric === 'connect' || metric === 'life' ? warmup * CONNECT_WARMUP : warmup
  }
}

/** Seconds for one server of a sample. */
function expectedOfOne (metric, { warmup, window, windows, idle, storm, clients, sessions }) {
  if (metric === 'memory') return idle * OPEN / 1000
  if (metric === 'storm') return STORM + storm * OPEN / 1000
  const settle = metric === 'connect' || metric === 'life' ? SETTLE : 0
  const opened = metric === 'push' ? clients : ['echo', 'load', 'sessions'].includes(metric) ? sessions : 0
  return (opened * OPEN + warmup + windows * window) / 1000 + settle * windows
}

/** Seconds that one sample of a group should take. */
export const expected = ({ metric, cells }, settings) =>
  START + (metric === 'memory' ? MEMORY : 0) + cells.length * (START + expectedOfOne(metric, settings))

/** One round of a group. @param turn its number: servers take the first place by turns @returns one result for each cell */
export function round ({ metric, cells }, settings, processes, turn) {
  if (metric === 'sessions') return sampleInTurn(metric, cells, settings, processes)
  if (!JOBS.has(metric)) return sample('compare', cells, { workload: metric, turn, ...settings }, processes)
  return sample(metric, cells, { turn, ...settings }, metric === 'memory' ? { ...processes, ...UNPINNED } : processes)
}

/** Figures of a cell beside its value, where the metric has them: latency in ms, time in s, bytes of heap and of memory. */
const FIGURES = ['p50', 'p99', 'seconds', 'heap', 'resident']

const column = (rounds, cell, key) => median(rounds.map((sides) => sides[cell][key]).filter(Number.isFinite))

const figuresOf = (rounds, cell) => Object.fromEntries(FIGURES.filter((key) => key in rounds[0][cell]).map((key) => [key, column(rounds, cell, key)]))

/** Two checkouts of one target have one name. */
const opponentName = (ours, peer) => peer.name === ours.name && peer.id !== ours.id ? `${peer.name} (the other)` : peer.name

/** The row of a comparison. @param rounds what `round` resolved to, several times */
export function pairRow ({ title, metric, sessions, cells: [ours, peer], promise }, rounds) {
  return {
    title,
    metric,
    sessions,
    target: ours.target.name,
    dialect: ours.dialect,
    against: opponentName(ours.target, peer.target),
    againstDialect: peer.dialect,
    value: column(rounds, 0, 'value'),
    againstValue: column(rounds, 1, 'value'),
    ...summary(rounds.map(([ours, peer]) => ours.value / peer.value)),
    ours: figuresOf(rounds, 0),
    peer: figuresOf(rounds, 1),
    ...promise
  }
}

/** The row of a cell alone. */
export function aloneRow ({ metric, sessions, cells: [{ target, dialect }] }, rounds) {
  const keys = Object.keys(rounds[0][0]).filter((key) => key !== 'windows' && key !== 'disturbed')
  return { metric, sessions, target: target.name, dialect, ...Object.fromEntries(keys.map((key) => [key, column(rounds, 0, key)])), rounds: rounds.length }
}

/**
 * Measures all groups, round by round, every other round backwards. A sample that fails is reported, and its round is missing.
 * @param before rounds that there are already, by their groups
 * @returns {Promise<Map<object, object[][]>>} the rounds of each group
 */
export async function measureAll (groups, { rounds, settingsOf, processes, progress, before = new Map() }) {
  const results = new Map(groups.map((group) => [group, [...before.get(group) ?? []]]))
  for (let i = 0; i < rounds; i++) {
    for (const group of i % 2 === 0 ? groups : [...groups].reverse()) {
      const done = results.get(group)
      const what = `${group.title}${group.cells.length > 1 ? `, ${group.cells[0].dialect} / ${group.cells[1].target.name}` : ''}`
      try {
        done.push(await round(group, settingsOf(group), processes, done.length))
        progress.step(`${what}: ${latest(done.at(-1))}`)
      } catch (error) {
        progress.step(`${what}: FAILED: ${error.message}`)
      }
    }
  }
  return results
}

/** What makes figures doubtful, in sentences. @param results the rounds of each group */
export function notes (results) {
  const sides = [...results.values()].flat(2).filter(({ windows }) => windows !== undefined)
  const sum = (key) => sides.reduce((total, side) => total + side[key], 0)
  const disturbed = sum('disturbed')
  return disturbed === 0 ? [] : [`Servers were disturbed in ${disturbed} of ${sum('windows')} windows: they waited for their CPU. Is something else running?`]
}

/** What a sample says, in short. */
const latest = ([ours, peer]) => peer === undefined ? ours.value.toFixed(1) : `${(ours.value / peer.value).toFixed(2)} (${ours.value.toFixed(1)} / ${peer.value.toFixed(1)})`
