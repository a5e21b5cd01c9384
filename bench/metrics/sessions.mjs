// Memory of a server with all sessions idle, and CPU per message with some of them active. The client has one server; that of another
// server has its turn between any two steps.
import { setTimeout as sleep } from 'node:timers/promises'
import { measure, newSums, resultOf, warm } from './compare.mjs'
import { echoFor } from './echo.mjs'
import { held, warmUp } from './memory.mjs'
import { killAll, openMany } from './open-many.mjs'

/** What the server still has to do when all sessions are open, ms. */
const SETTLE = 1000

/** @param host `inTurn` runs a step when no other client runs one @returns `value`: µs per message; resident memory and heap of the server, bytes */
export async function sessions ([side], { sessions: count, active, warmup, window, windows }, { collect, inTurn }) {
  const { opened, memory } = await inTurn(async () => {
    await warmUp(side)
    const opened = await openMany(side, count, { concurrency: 64, onOpen: (session) => session.idle() })
    await sleep(SETTLE)
    return { opened, memory: await held(side, collect) }
  })
  side.workload = { run: (duration) => echoFor(opened.slice(0, active), duration) }
  side.sums = newSums()
  await inTurn(() => warm(side, warmup))
  for (let i = 0; i < windows; i++) await inTurn(() => measure(side, window))
  killAll(opened)
  return { ...resultOf(side), ...memory }
}
