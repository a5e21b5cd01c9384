// Groups are measured in rounds, each with fresh processes; what comes of it as rows.
import { sample } from './sample.mjs'
import { median, summary } from './statistics.mjs'

/** Seconds that a server takes to start and to end. */
const START = 0.6
/** What a sample of memory waits for in any case, and what it takes to open a thousand sessions. */
const MEMORY = 5
const OPEN = 0.7
/** Memory hangs on no CPU: its servers need not share one. */
const UNPINNED = { serverCpu: 'none', clientCpu: 'none' }

/** Seconds that one sample of a group should take. */
export function expected ({ metric, cells }, settings) {
  const each = metric === 'memory'
    ? settings.sessions * OPEN / 1000
    : settings.warmup / 1000 + settings.windows * (settings.window + (metric === 'connect' ? 100 : 0)) / 1000 + (metric === 'push' ? settings.clients * OPEN / 1000 : 0)
  return START + (metric === 'memory' ? MEMORY : 0) + cells.length * (START + each)
}

/** One round of a group: its sweeps, each with one result for each cell. */
export function round ({ metric, cells }, settings, processes) {
  return metric === 'memory'
    ? sample('memory', cells, settings, { ...processes, ...UNPINNED })
    : sample('compare', cells, { workload: metric, ...settings }, processes)
}

const column = (rounds, cell, key) => median(rounds.flat().map((sweep) => sweep[cell][key]).filter(Number.isFinite))

/** Two checkouts of one target have one name. */
const opponentName = (ours, peer) => peer.name === ours.name && peer.id !== ours.id ? `${peer.name} (the other)` : peer.name

/** A row for each pair of the group. @param rounds what `round` resolved to, several times */
export function pairRows ({ title, metric, cells, pairs }, rounds) {
  return pairs.map(({ ours, peer, ...promise }) => ({
    title,
    metric,
    target: cells[ours].target.name,
    dialect: cells[ours].dialect,
    against: opponentName(cells[ours].target, cells[peer].target),
    againstDialect: cells[peer].dialect,
    value: column(rounds, ours, 'value'),
    againstValue: column(rounds, peer, 'value'),
    ...summary(rounds.map((sweeps) => sweeps.map((sweep) => sweep[ours].value / sweep[peer].value))),
    rounds: rounds.length,
    ...promise
  }))
}

/** A row of a cell alone. */
export function aloneRow ({ metric, cells: [{ target, dialect }] }, rounds) {
  const keys = Object.keys(rounds[0][0][0])
  return { metric, target: target.name, dialect, ...Object.fromEntries(keys.map((key) => [key, column(rounds, 0, key)])), rounds: rounds.length }
}

/**
 * Measures all groups, round by round, every other one backwards. A sample that fails is said to, and is missing.
 * @returns {Promise<Map<object, object[][]>>} the rounds of each group
 */
export async function measureAll (groups, { rounds, settingsOf, processes, progress }) {
  const results = new Map(groups.map((group) => [group, []]))
  for (let i = 0; i < rounds; i++) {
    for (const group of i % 2 === 0 ? groups : [...groups].reverse()) {
      try {
        results.get(group).push(await round(group, settingsOf(group), processes))
        progress.step(`${group.title}: ${latest(group, results.get(group).at(-1))}`)
      } catch (error) {
        progress.step(`${group.title}: FAILED: ${error.message}`)
      }
    }
  }
  return results
}

/** A server that had less than this share of its CPU while it was measured, with nothing to wait for, had to share it. */
const BUSY = 0.6

/** What makes figures doubtful, in sentences. @param results the rounds of each group */
export function notes (results) {
  const windows = [...results].filter(([{ metric }]) => metric === 'echo' || metric === 'push').flatMap(([, rounds]) => rounds.flat(2))
  const shared = windows.filter(({ serverBusy }) => serverBusy < BUSY).length
  return shared === 0 ? [] : [`In ${shared} of ${windows.length} windows a server had less than ${BUSY * 100} % of its CPU: is something else running?`]
}

/** What a sample says, in short. */
function latest (group, sweeps) {
  if (group.pairs.length === 0) return column([sweeps], 0, 'value').toFixed(1)
  return pairRows(group, [sweeps]).map(({ dialect, against, ratio }) => `${dialect} / ${against} ${ratio.toFixed(2)}`).join(', ')
}
