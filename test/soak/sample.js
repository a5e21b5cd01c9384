// What the server's process has of everything, now.
import process from 'node:process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { addUp } from './report.js'

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
const MS = 1e6

/** How many there are of each. */
export function countBy (list) {
  const counts = {}
  for (const key of list) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

const sum = (list, of) => list.reduce((total, item) => total + of(item), 0)

/** What waits for all clients, bytes. */
export const queuedOf = (engines) => sum(engines, ({ metrics }) => metrics.queuedBytes)

/** After a collection of garbage, so that only what is held counts. Bytes; ms since the process began, and of delay since the last sample. */
export function sample (engines) {
  const delays = { p99: delay.percentile(99) / MS, max: delay.max / MS }
  const started = performance.now()
  globalThis.gc()
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  const collecting = performance.now() - started
  setTimeout(() => delay.reset(), 50) // its own pause is none of the server's
  return {
    at: started,
    heapUsed,
    external,
    arrayBuffers,
    rss,
    collecting,
    delay: delays,
    handles: countBy(process.getActiveResourcesInfo()),
    sessions: sum(engines, ({ sessions }) => sessions.size),
    clients: sum(engines, ({ clientsCount }) => clientsCount),
    queued: queuedOf(engines),
    cpu: process.cpuUsage()
  }
}

/** The counts of all engines together. */
export function metricsOf (engines) {
  const all = engines.map(({ metrics }) => metrics)
  return {
    opened: sum(all, ({ opened }) => opened),
    dropped: sum(all, ({ dropped }) => dropped),
    ended: addUp(all.map(({ ended }) => ended)),
    refused: addUp(all.map(({ refused }) => refused))
  }
}
