// Waiting, as long as anything goes on. A limit by the clock fails where the machine is busy with something else; here, only time counts in which
// nothing came to this process, no byte on a connection and no word of a child process, although it was free to look.
import { stopwatch } from './stopwatch.js'

/** Ample for a child process to start; ms. */
const PATIENCE = 20_000
const LOOK_EVERY = 100

// As they are before a test stops its clock.
const { clearInterval, setInterval, setTimeout } = globalThis

/** How much has come to this process; timers and immediates are not among it. */
const arrived = (): number => performance.nodeTiming.uvMetricsInfo.events

/** Starts. @returns for how many ms nothing has come, as far as has been looked */
function silence (): () => number {
  let [seen, passed] = [arrived(), stopwatch()]
  return () => {
    const count = arrived()
    if (count !== seen) [seen, passed] = [count, stopwatch()]
    return passed()
  }
}

/** Something has not come, and whoever waits has given up. */
export class Late extends Error {}

async function before<T> (promise: Promise<T>, over: () => boolean, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => { if (over()) reject(new Late(message)) }, LOOK_EVERY)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearInterval(timer)
  }
}

/** Settles as the promise does. @throws when nothing at all has come for so many ms */
export async function withProgress<T> (what: string, promise: Promise<T>, patience = PATIENCE): Promise<T> {
  const silent = silence()
  return await before(promise, () => silent() >= patience, `no ${what}: nothing has come for ${patience} ms`)
}

/** Settles as the promise does. @throws when it has not within so many ms, whatever else goes on; what others take of the machine does not count */
export async function within<T> (ms: number, what: string, promise: Promise<T>): Promise<T> {
  const passed = stopwatch()
  return await before(promise, () => passed() >= ms, `no ${what} within ${ms} ms`)
}

/** So many turns are taken one after the other; a child process may need the core that many more would keep. */
const TURNS = 500
/** How many turns there are for each look at the time. */
const GLANCE = 16

/** Waits until something holds that announces itself by no event. @throws when nothing has come for long */
export async function until (condition: () => boolean, patience = PATIENCE): Promise<void> {
  const silent = silence()
  for (let turns = 1; !condition(); turns++) {
    if (turns % GLANCE === 0 && silent() >= patience) throw new Late(`never: ${String(condition)}`)
    await new Promise<void>((resolve) => { if (turns < TURNS) setImmediate(resolve); else setTimeout(resolve, 1) })
  }
}
