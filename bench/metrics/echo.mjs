// Echo: some sessions, each with one message on its way.
import { openMany } from './open-many.mjs'

/** Latencies kept, at most. */
const KEPT = 1_000_000

/**
 * Echoes on these sessions for that long, from the first message to the last echo, so that nothing is on its way when the CPU time is read.
 * @param latencies is filled, where given
 * @returns how many
 */
export function echoFor (sessions, duration, latencies) {
  return new Promise((resolve) => {
    let count = 0
    let live = sessions.length
    let over = false
    for (const session of sessions) {
      let sent = performance.now()
      const again = () => {
        count++
        if (latencies !== undefined && latencies.length < KEPT) latencies.push(performance.now() - sent)
        if (!over) {
          if (latencies !== undefined) sent = performance.now()
          session.echo(again)
        } else if (--live === 0) resolve(count)
      }
      session.echo(again)
    }
    setTimeout(() => { over = true }, duration)
  })
}

/** @implements a workload, see compare.mjs */
export async function echo (side, { sessions: count }) {
  const sessions = await openMany(side, count, { concurrency: 20 })
  return { run: (duration, latencies) => echoFor(sessions, duration, latencies) }
}
