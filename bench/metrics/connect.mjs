// Connect: sessions are opened up to their first packet and closed again, some at a time.
import { setTimeout as sleep } from 'node:timers/promises'

/** What the servers still have to do for closed sessions falls into the window, ms. */
const SETTLE = 100

/** @returns how many sessions were opened and closed */
function churnFor ({ dialect, context }, duration, inflight) {
  return new Promise((resolve, reject) => {
    const end = performance.now() + duration
    let count = 0
    let live = inflight
    const next = () => dialect.open(context, (error, session) => {
      if (error !== null) return reject(error)
      // Not waiting for the server's side of it: some never answer a close frame.
      session.close()
      count++
      if (performance.now() < end) next()
      else if (--live === 0) resolve(count)
    })
    for (let i = 0; i < inflight; i++) next()
  })
}

/** @implements a workload, see compare.mjs */
export async function connect (side, { inflight }) {
  return {
    async run (duration) {
      const count = await churnFor(side, duration, inflight)
      await sleep(SETTLE)
      return count
    }
  }
}
