// Push: one of many sessions asks for a broadcast; the next round begins when all have it.
import { openMany } from './open-many.mjs'

/** Broadcasts for that long; returns how many were delivered. */
export async function pushFor (sessions, duration) {
  let missing = 0
  let complete
  const delivered = () => { if (--missing === 0) complete() }
  for (const session of sessions) session.onpush = delivered
  const end = performance.now() + duration
  let rounds = 0
  do {
    rounds++
    missing = sessions.length
    const all = new Promise((resolve) => { complete = resolve })
    sessions[0].trigger()
    await all
  } while (performance.now() < end)
  return rounds * sessions.length
}

/** @implements a workload, see compare.mjs */
export async function push (side, { clients }) {
  const sessions = await openMany(side, clients)
  return { run: (duration) => pushFor(sessions, duration) }
}
