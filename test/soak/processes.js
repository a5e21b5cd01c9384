// Processes of the soak, and what they say to the one that started them.
import { fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Flags of Node's for files that use the kit: Node 20 runs no TypeScript by itself. */
export const TYPESCRIPT = ['--import', new URL('../runner/typescript.js', import.meta.url).href]

/** Starts a file of this folder with its settings. */
export const start = (file, settings, execArgv = []) => fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], { execArgv })

/** Resolves with the next message of a process that has this in it. */
export function said (child, key) {
  const saying = new Promise((resolve, reject) => {
    const listen = (message) => { if (key in message) settle(() => resolve(message)) }
    const exited = (code, signal) => settle(() => reject(new Error(`a process ended with ${code ?? signal}`)))
    function settle (how) {
      child.off('message', listen).off('exit', exited)
      how()
    }
    child.on('message', listen).once('exit', exited)
  })
  saying.catch(() => {}) // nobody may be waiting yet
  return saying
}

/** Settles as the promise does, or is rejected. */
export async function within (ms, promise, what) {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => { throw new Error(what) })
  try {
    return await Promise.race([promise, late])
  } finally {
    late.catch(() => {})
    timer.abort()
  }
}
