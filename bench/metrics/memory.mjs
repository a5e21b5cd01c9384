// Memory: what an idle session adds to a server, after a warm-up and a collection. Kernel buffers are in neither figure.
import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytes } from '../lib/proc.mjs'
import { killAll, openMany } from './open-many.mjs'

const WARM = 200
const IDLE = { concurrency: 64, onOpen: (session) => session.idle() }

/** Opens and closes some, so that what is allocated once is not counted. */
export async function warmUp (side) {
  const sessions = await openMany(side, WARM, IDLE)
  await sleep(300)
  for (const session of sessions) {
    session.onclose = null
    session.close()
  }
}

/** Pages are given back for a while after a collection: until resident memory rests, or for as long as this, ms. */
const REST = { every: 100, within: 2e5, most: 3000 }

async function rested (pids) {
  for (let bytes = residentBytes(pids), waited = 0; ; waited += REST.every) {
    await sleep(REST.every)
    const later = residentBytes(pids)
    if (Math.abs(later - bytes) < REST.within || waited >= REST.most) return later
    bytes = later
  }
}

/** Resident memory and heap of all processes of a server after a collection, bytes. @param collect has a process collect, and resolves to its usage */
export async function held ({ pids }, collect) {
  const usages = await Promise.all(pids.map(collect))
  const heap = usages.reduce((sum, { heapUsed = NaN, external }) => sum + heapUsed + external, 0)
  return { resident: await rested(pids), heap }
}

/** @returns for each side what a session costs (`value`: resident bytes; `heap`) */
export async function memory (sides, { idle: count }, { collect }) {
  const heldByAll = () => Promise.all(sides.map((side) => held(side, collect)))
  await Promise.all(sides.map(warmUp))
  await sleep(800)
  const before = await heldByAll()
  const opened = await Promise.all(sides.map((side) => openMany(side, count, IDLE)))
  await sleep(1200)
  const after = await heldByAll()
  opened.forEach(killAll)
  return after.map(({ resident, heap }, at) => ({
    value: (resident - before[at].resident) / count,
    heap: (heap - before[at].heap) / count,
    base: before[at].resident / 1e6
  }))
}
