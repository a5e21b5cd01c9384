// What the operating system says of a process. Linux.
import fs from 'node:fs'

const TICK = 10_000

/** CPU time of processes together, and of those that they have started (Redis), µs. */
export const cpuTime = (pids) => pids.reduce((sum, pid) => sum + cpuTimeOf(pid) + cpuTime(childrenOf(pid)), 0)

/** The processes that the main thread of one has started. Not every kernel tells. */
function childrenOf (pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/**
 * CPU time of a process in µs: run time by the scheduler's count (ns), summed over its threads, or, where it keeps none, user and
 * system time (in ticks of 10 ms).
 */
function cpuTimeOf (pid) {
  try {
    let nanoseconds = 0
    for (const task of fs.readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(fs.readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ', 1)[0])
    }
    if (nanoseconds > 0) return nanoseconds / 1000
  } catch {} // not every kernel has it; a thread may end meanwhile
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK
}

/** How long the main threads of processes were ready to run, and had to wait for a CPU, µs. 0 where the kernel does not tell. */
export const waitingTime = (pids) => pids.reduce((sum, pid) => sum + waitingTimeOf(pid), 0)

function waitingTimeOf (pid) {
  try {
    return Number(fs.readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1000
  } catch {
    return 0
  }
}

/** Resident memory of processes together, bytes. */
export const residentBytes = (pids) => pids.reduce((sum, pid) => sum + residentBytesOf(pid), 0)

const residentBytesOf = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) * 1024

/** Open files that this process, and those it starts, may have at most. */
export function openFilesLimit () {
  const { hard, soft } = process.report.getReport().userLimits?.open_files ?? {}
  const limit = hard ?? soft
  return limit === undefined || limit === 'unlimited' ? Infinity : Number(limit)
}
