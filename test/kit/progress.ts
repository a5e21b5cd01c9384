// Waiting, as long as anything goes on. A limit by the clock fails where the machine is busy with something else. Here, time counts as far as this
// process was free to look, and the processes that it waits for had a core.
import type { ChildProcess } from 'node:child_process'
import { now, waited } from './stopwatch.js'

/** Ample for a child process to start; ms. */
const PATIENCE = 20_000
/** More cannot have been free between two looks. */
const LOOK_EVERY = 100

// As they are before a test stops its clock.
const { clearInterval, setInterval, setTimeout } = globalThis

/** Processes that this one waits for. */
const companions = new Set<number>()

/** From now on, no time counts in which this process waits for a core. */
export function accompany (child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  companions.add(pid)
  child.once('exit', () => companions.delete(pid))
}

function lost (): number {
  let ms = 0
  for (const pid of companions) ms += waited(pid)
  return ms
}

/** Starts. @returns how much time has counted; to be called often */
function patience (): () => number {
  let [counted, looked, before] = [0, now(), lost()]
  return () => {
    const [time, waits] = [now(), lost()]
    counted += Math.min(Math.max(time - looked - Math.max(waits - before, 0), 0), LOOK_EVERY)
    looked = time
    before = waits
    return counted
  }
}

/** How much has come to this process; timers and immediates are not among it. */
const arrived = (): number => performance.nodeTiming.uvMetricsInfo.events

/** Starts. @returns how much time has counted since something came; to be called often */
function silence (): () => number {
  let [seen, passed] = [arrived(), patience()]
  return () => {
    const count = arrived()
    if (count !== seen) [seen, passed] = [count, patience()]
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
export async function withProgress<T> (what: string, promise: Promise<T>, limit = PATIENCE): Promise<T> {
  const silent = silence()
  return await before(promise, () => silent() >= limit, `no ${what}: nothing has come for ${limit} ms`)
}

/** Settles as the promise does. @throws when it has not within so many ms, whatever else goes on */
export async function within<T> (ms: number, what: string, promise: Promise<T>): Promise<T> {
  const passed = patience()
  return await before(promise, () => passed() >= ms, `no ${what} within ${ms} ms`)
}

/** So many turns are taken one after the other; a child process may need the core that many more would keep. */
const TURNS = 500
/** How many turns there are for each look at the time. */
const GLANCE = 16

/** Waits until something holds that announces itself by no event. @throws when nothing has come for long */
export async function until (condition: () => boolean, limit = PATIENCE): Promise<void> {
  const silent = silence()
  for (let turns = 1; !condition(); turns++) {
    if (turns % GLANCE === 0 && silent() >= limit) throw new Late(`never: ${String(condition)}`)
    await new Promise<void>((resolve) => { if (turns < TURNS) setImmediate(resolve); else setTimeout(resolve, 1) })
  }
}
