// What a session costs when there are many: memory, CPU while all are idle, CPU per message with few of them active and with all.
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuTime } from '../lib/proc.mjs'
import { median } from '../lib/statistics.mjs'
import { echoFor } from './echo.mjs'
import { held, warmUp } from './memory.mjs'
import { killAll, openMany } from './open-many.mjs'

/** CPU time per message in some windows, µs: their median; null where there are no sessions to say anything. */
async function costOf ({ pids }, sessions, { warmup, window, windows }) {
  if (sessions.length === 0) return null
  await echoFor(sessions, warmup)
  const costs = []
  for (let i = 0; i < windows; i++) {
    const cpu = cpuTime(pids)
    const count = await echoFor(sessions, window)
    costs.push((cpuTime(pids) - cpu) / count)
  }
  return median(costs)
}

/** CPU time per idle session and second, µs: heartbeats and the like. */
async function idleCost ({ pids }, sessions, duration) {
  const cpu = cpuTime(pids)
  await sleep(duration)
  return (cpuTime(pids) - cpu) * 1000 / duration / sessions.length
}

/** @param settings `active`: how many are for the first figure, `most` for the second: files may be short */
export async function scaleSessions ([side], settings, { collect }) {
  const { sessions: count, active, most, idle: duration } = settings
  await warmUp(side)
  await sleep(800)
  const before = await held(side, collect)
  const sessions = await openMany(side, count, { concurrency: 64, onOpen: (session) => session.idle() })
  await sleep(1200)
  const after = await held(side, collect)
  const result = {
    resident: (after.resident - before.resident) / count,
    heap: (after.heap - before.heap) / count,
    idle: await idleCost(side, sessions, duration),
    few: await costOf(side, sessions.slice(0, active), settings),
    all: await costOf(side, sessions.slice(0, most), settings),
    active: Math.min(active, count),
    most: Math.min(most, count)
  }
  killAll(sessions)
  return result
}
