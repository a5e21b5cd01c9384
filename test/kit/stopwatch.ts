// Time without the share of other programs: a machine that is busy with something else makes nothing late here. Linux tells how long a process has
// waited for a core (/proc/<pid>/schedstat, https://docs.kernel.org/scheduler/sched-stats.html); elsewhere this is a clock as any other.
import { readFileSync } from 'node:fs'
import process from 'node:process'

const toMilliseconds = (nanoseconds: bigint | string): number => Number(nanoseconds) / 1e6

/** As `performance.now`, which tests stop. */
export const now = (): number => toMilliseconds(process.hrtime.bigint())

/** How long a process has waited for a core in all its life; ms. */
export function waited (pid: number | 'self'): number {
  try {
    return toMilliseconds(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1] ?? '0')
  } catch {
    return 0 // no Linux, or it is over
  }
}

/** Starts. @returns how many ms have passed, less those in which this process waited for a core */
export function stopwatch (): () => number {
  const [since, before] = [now(), waited('self')]
  return () => now() - since - (waited('self') - before)
}
