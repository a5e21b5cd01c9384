// Time without the share of other programs: a machine that is busy with something else makes nothing late here. Linux tells how long a process has
// waited for a core (/proc/<pid>/schedstat, https://docs.kernel.org/scheduler/sched-stats.html); elsewhere this is a clock as any other.
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'

const toMilliseconds = (nanoseconds: bigint | string): number => Number(nanoseconds) / 1e6
/** Processes that this one waits for: what they wait for a core does not count either. */
const companions = new Set<number>()

/** As `performance.now`, which tests stop. */
const now = (): number => toMilliseconds(process.hrtime.bigint())

function waited (pid: number | 'self'): number {
  try {
    return toMilliseconds(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1] ?? '0')
  } catch {
    return 0 // no Linux, or it is over
  }
}

/** Starts to count for all stopwatches, as long as it lives. */
export function accompany (child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  companions.add(pid)
  child.once('exit', () => companions.delete(pid))
}

/** Starts. @returns how many ms have passed, less those in which this process and its companions waited for a core */
export function stopwatch (): () => number {
  const since = now()
  const before = new Map([...companions].map((pid) => [pid, waited(pid)]))
  const own = waited('self')
  return () => {
    let lost = waited('self') - own
    for (const pid of companions) lost += waited(pid) - (before.get(pid) ?? 0)
    return Math.max(0, now() - since - lost)
  }
}
