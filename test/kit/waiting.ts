// Ways to wait for something that no event announces. None of them sleeps.
import { setTimeout as pause } from 'node:timers/promises'

/** Far above the time that a slow machine needs; ms. */
const PATIENCE = 5000

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

export async function turns (count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

/** Turns of the event loop until a condition holds. @throws when it does not */
export async function until (condition: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${String(condition)}`)
    await turn()
  }
}

/** @throws when the promise takes longer than any server should */
export async function inTime<T> (promise: Promise<T>, what: string): Promise<T> {
  const timer = new AbortController()
  const late = pause(PATIENCE, undefined, timer).then(() => { throw new Error(`no ${what} within ${PATIENCE} ms`) })
  try {
    return await Promise.race([promise, late])
  } finally {
    late.catch(() => {})
    timer.abort()
  }
}
