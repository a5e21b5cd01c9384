// What a delivery costs when a broadcast goes to many.
import { cpuTime } from '../lib/proc.mjs'
import { median } from '../lib/statistics.mjs'
import { killAll, openMany } from './open-many.mjs'
import { pushFor } from './push.mjs'

/** @returns CPU time per delivery, µs */
export async function scaleFanOut ([side], { sessions: count, warmup, window, windows }) {
  const sessions = await openMany(side, count, { concurrency: 64 })
  await pushFor(sessions, warmup)
  const costs = []
  for (let i = 0; i < windows; i++) {
    const cpu = cpuTime(side.pids)
    const delivered = await pushFor(sessions, window)
    costs.push((cpuTime(side.pids) - cpu) / delivered)
  }
  killAll(sessions)
  return { delivery: median(costs) }
}
