// Preloaded (--import) into each process of tap: ends a test file that has told nothing for long. A limit of the whole time of a file would fail where
// the machine is busy, and say nothing of what hangs.
import process from 'node:process'

/** Seconds. */
const LIMIT = 240

/** Counts seconds in which this process had the time to look: a machine that stands still does not count. @param end is called once nothing was written for so many */
export function watchSilence (stream, limit, end) {
  let silent = 0
  const { write } = stream
  stream.write = (...args) => {
    silent = 0
    return Reflect.apply(write, stream, args)
  }
  setInterval(() => { if (++silent === limit) end() }, 1000).unref()
}

// tap takes this signal for a timeout, and tells which test it was and what keeps the process.
if (process.argv[1]?.endsWith('.test.ts')) watchSilence(process.stdout, LIMIT, () => process.kill(process.pid, 'SIGALRM'))
