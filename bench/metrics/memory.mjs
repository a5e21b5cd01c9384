// Memory: what an idle session adds to a server, after a warm-up and a collection. Kernel buffers are in neither figure.
import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytes } from '../lib/proc.mjs'
import { killAll, openMany } from './open-many.mjs'

const WARM = 200
const idle = { concurrency: 64, onOpen: (session) => session.idle() }

/** Opens and closes some, so that what is allocated once is not counted. */
export async function warmUp (side) {
  const sessions = await openMany(side, WARM, idle)
  await sleep(300)
  for (const session of sessions) {
    session.onclose = null
    session.close()
  }
}

/** Resident memory and heap of a server, bytes. */
export async function held ({ pid }, usage) {
  const { heapUsed, external } = await usage
  return { resident: residentBytes(pid), heap: heapUsed === undefined ? NaN : heapUsed + external }
}

/** @returns sweeps: one, with what a session of each side costs (`value`: resident bytes; `heap`) */
export async function memory (sides, { sessions: count }, collect) {
  for (const side of sides) await warmUp(side)
  await sleep(800)
  const before = []
  for (const [at, side] of sides.entries()) before[at] = await held(side, collect(at))
  const opened = []
  for (const side of sides) opened.push(await openMany(side, count, idle))
  await sleep(1200)
  const sweep = []
  for (const [at, side] of sides.entries()) {
    const { resident, heap } = await held(side, collect(at))
    sweep[at] = { value: (resident - before[at].resident) / count, heap: (heap - before[at].heap) / count, base: before[at].resident / 1e6 }
  }
  opened.forEach(killAll)
  return [sweep]
}
