// Notices that this process has been busy with one thing for too long. What other processes do on the machine does not count.
import process from 'node:process'

/** How often it looks; ms. */
const EVERY = 100
/** What one turn of the event loop may take, both by the clock and of CPU; ms. */
const LIMIT = 2000

/** @param tell hears of each turn that took too long */
export function watchForStalls (tell: (text: string) => void): void {
  let last = performance.now()
  let before = process.cpuUsage()
  setInterval(() => {
    const now = performance.now()
    const used = process.cpuUsage(before)
    const cpu = (used.user + used.system) / 1000
    if (now - last > LIMIT && cpu > LIMIT) tell(`the event loop stood still for ${Math.round(now - last)} ms (${Math.round(cpu)} ms of CPU)`)
    last = performance.now()
    before = process.cpuUsage()
  }, EVERY).unref()
}
