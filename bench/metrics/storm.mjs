// Storm: a server that has just started, and many clients that connect within a second, as after a restart. Nothing is warm.
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuTime, waitingTime } from '../lib/proc.mjs'
import { killAll } from './open-many.mjs'

/** In which the clients come, ms. */
const WITHIN = 1000
/** What the server still has to do when all sessions are open, and when all have gone, ms. */
const SETTLE = 200
const REST = 1500
/** A server that waited for its CPU for more than this share of the time was disturbed. */
const DISTURBED = 0.1

/** Opens sessions at a fixed rate. */
function openAll ({ dialect, context }, count) {
  return new Promise((resolve, reject) => {
    const sessions = []
    const began = performance.now()
    let started = 0
    const opened = (error, session) => {
      if (error !== null) return reject(error)
      sessions.push(session)
      session.onclose = (error) => reject(error ?? new Error('a session was lost'))
      if (sessions.length === count) resolve(sessions)
    }
    const timer = setInterval(() => {
      for (const due = Math.min(count, Math.ceil((performance.now() - began) * count / WITHIN)); started < due; started++) dialect.open(context, opened)
      if (started === count) clearInterval(timer)
    }, 1)
  })
}

async function stormOn (side, count) {
  const cpu = cpuTime(side.pids)
  const waited = waitingTime(side.pids)
  const began = performance.now()
  const sessions = await openAll(side, count)
  const elapsed = performance.now() - began
  await sleep(SETTLE)
  const cost = cpuTime(side.pids) - cpu
  const disturbed = waitingTime(side.pids) - waited > elapsed * 1000 * DISTURBED ? 1 : 0
  killAll(sessions)
  await sleep(REST)
  return { value: cost / count, seconds: elapsed / 1000, windows: 1, disturbed }
}

/** @returns for each side its CPU time per session (`value`, µs), and the time until all were open */
export async function storm (sides, { storm: count, turn }) {
  const results = new Map()
  for (const side of turn % 2 === 0 ? sides : [...sides].reverse()) results.set(side, await stormOn(side, count))
  return sides.map((side) => results.get(side))
}
