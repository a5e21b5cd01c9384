// One workload on live servers in turn, in short windows, so that all see the machine in the same state. Each sweep visits every
// server once, in alternating order (A B, B A, ...): a drift hits none of them more than another.
import { cpuTime, waitingTime } from '../lib/proc.mjs'
import { quantile } from '../lib/statistics.mjs'
import { connect, life } from './connect.mjs'
import { echo } from './echo.mjs'
import { load } from './load.mjs'
import { push } from './push.mjs'

/**
 * A workload: (side, settings) => Promise<Workload>.
 * @typedef {object} Workload
 * @property {(duration: number, latencies?: number[]) => Promise<number>} run Resolves to how many units were done.
 * @property {(duration: number) => Promise<unknown>} [warm] For the warm-up, if `run` leaves the server idle.
 */
const WORKLOADS = { echo, load, push, connect, life }

/** A server that waited for its CPU for more than this share of a window was disturbed. */
const DISTURBED = 0.1

/** The warm-up is looked at that often, and takes that many times its length at most, ms. */
const SLICE = 100
const PATIENCE = 10

/** Warms a server up: V8 compiles by what has run, so the server has to use that much CPU time, ms. */
export async function warm ({ pids, workload }, duration) {
  const cpu = cpuTime(pids)
  const end = performance.now() + duration * PATIENCE
  do await (workload.warm ?? workload.run)(Math.min(duration, SLICE))
  while (cpuTime(pids) - cpu < duration * 1000 && performance.now() < end)
}

export const newSums = () => ({ count: 0, cost: 0, client: 0, elapsed: 0, windows: 0, disturbed: 0 })

/** One window of a side; adds to what there is of it. */
export async function measure ({ pids, workload, sums, latencies }, duration) {
  const cpu = cpuTime(pids)
  const waited = waitingTime(pids)
  const own = process.cpuUsage()
  const began = performance.now()
  sums.count += await workload.run(duration, latencies)
  const elapsed = performance.now() - began
  sums.cost += cpuTime(pids) - cpu
  const { user, system } = process.cpuUsage(own)
  sums.client += user + system
  sums.elapsed += elapsed
  sums.windows++
  if (waitingTime(pids) - waited > elapsed * 1000 * DISTURBED) sums.disturbed++
}

function latency (latencies) {
  const sorted = Float64Array.from(latencies).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/** CPU time of all processes of the server per unit (µs), over all windows; units per second; shares of a CPU. */
export function resultOf ({ sums: { cost, count, client, elapsed, windows, disturbed }, latencies }) {
  return {
    value: cost / count,
    perSecond: count * 1000 / elapsed,
    serverBusy: cost / 1000 / elapsed,
    clientBusy: client / 1000 / elapsed,
    ...latencies?.length > 0 && latency(latencies),
    windows,
    disturbed
  }
}

/** @returns a result for each side */
export async function compare (sides, { workload, warmup, window, windows, withLatency, turn = 0, ...settings }) {
  for (const side of sides) {
    side.workload = await WORKLOADS[workload](side, settings)
    side.sums = newSums()
  }
  for (const side of sides) await warm(side, warmup)
  for (const side of sides) side.latencies = withLatency ? [] : undefined
  for (let i = 0; i < windows; i++) {
    for (const side of (i + turn) % 2 === 0 ? sides : [...sides].reverse()) await measure(side, window)
  }
  return sides.map(resultOf)
}
