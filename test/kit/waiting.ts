// Ways to wait for something that no event announces. None of them sleeps. How long they wait: progress.ts.
import { within } from './progress.js'

export { until } from './progress.js'

/** Far above what a slow machine needs, far below what an attack that works costs; ms, of which what others take of the machine is none. */
const PATIENCE = 5000

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

export async function turns (count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

/** Settles as the promise does. @throws when that takes longer than any server should */
export const inTime = <T>(promise: Promise<T>, what: string): Promise<T> => within(PATIENCE, what, promise)
