// Connect: sessions are opened up to their first packet and closed again, some at a time. Life: between the two, a message is echoed.
import { setTimeout as sleep } from 'node:timers/promises'

/** What the servers still have to do for closed sessions falls into the window, ms. */
const SETTLE = 100

/** @param use (session, done) between opening and closing @returns how many sessions were opened and closed */
function churnFor ({ dialect, context }, duration, inflight, use) {
  return new Promise((resolve, reject) => {
    const end = performance.now() + duration
    let count = 0
    let live = inflight
    const next = () => dialect.open(context, (error, session) => {
      if (error !== null) return reject(error)
      use(session, () => {
        // Not waiting for the server's side of it: some never answer a close frame.
        session.close()
        count++
        if (performance.now() < end) next()
        else if (--live === 0) resolve(count)
      })
    })
    for (let i = 0; i < inflight; i++) next()
  })
}

const churn = (use) => async (side, { inflight }) => ({
  async run (duration) {
    const count = await churnFor(side, duration, inflight, use)
    await sleep(SETTLE)
    return count
  }
})

/** @implements a workload, see compare.mjs */
export const connect = churn((session, done) => done())

/** @implements a workload, see compare.mjs */
export const life = churn((session, done) => session.echo(done))
