// One workload on several live servers in turn, in short windows, so that all see the machine in the same state. Each sweep visits every
// side once, in alternating order (A B C, C B A, ...): a drift hits none of them more than another.
import { cpuTime } from '../lib/proc.mjs'
import { quantile } from '../lib/statistics.mjs'
import { connect } from './connect.mjs'
import { echo } from './echo.mjs'
import { push } from './push.mjs'

/**
 * A workload: (side, settings) => Promise<Workload>.
 * @typedef {{ run: (duration: number, latencies?: number[]) => Promise<number> }} Workload `run` resolves to how many units were done
 */
const WORKLOADS = { echo, push, connect }

/** What one window cost: the CPU time of all processes of the server per unit (µs), units per second. */
async function measure ({ pids, workload }, duration, latencies) {
  const cpu = cpuTime(pids)
  const own = process.cpuUsage()
  const began = performance.now()
  const count = await workload.run(duration, latencies)
  const elapsed = performance.now() - began
  const used = cpuTime(pids) - cpu
  const { user, system } = process.cpuUsage(own)
  return { value: used / count, perSecond: count * 1000 / elapsed, serverBusy: used / 1000 / elapsed, clientBusy: (user + system) / 1000 / elapsed }
}

function latency (sorted) {
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/** @returns sweeps: for each, what each side's window cost, in the order of the sides */
export async function compare (sides, { workload, warmup, window, windows, withLatency, ...settings }) {
  for (const side of sides) side.workload = await WORKLOADS[workload](side, settings)
  for (const side of sides) await side.workload.run(warmup)
  const sweeps = []
  for (let i = 0; i < windows; i++) {
    const sweep = []
    const order = [...sides.keys()]
    for (const at of i % 2 === 0 ? order : order.reverse()) {
      const latencies = withLatency ? [] : undefined
      sweep[at] = await measure(sides[at], window, latencies)
      if (latencies !== undefined) Object.assign(sweep[at], latency(latencies.sort((a, b) => a - b)))
    }
    sweeps.push(sweep)
  }
  return sweeps
}
