// Starts the process of a node, and waits for what it says.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { accompany, within } from '../../kit/progress.js'

const NODE = fileURLToPath(new URL('node.ts', import.meta.url))
const LOADER = new URL('../../runner/typescript.js', import.meta.url).href
/** A node that needs more dies of it; megabytes. */
const HEAP = 1024
/** Far above what is needed; ms, of which what others take of the machine is none. */
const PATIENCE = 60_000

/** `npm run fuzz` has loaded it in another way than by a flag. */
function execArgv (): string[] {
  const own = [...process.execArgv, '--expose-gc', `--max-old-space-size=${HEAP}`, '--stack-trace-limit=60']
  return own.some((flag) => flag.includes('runner/typescript.js')) ? own : [...own, '--import', LOADER]
}

/** A process whose output nobody reads. */
export function startProcess (args: readonly string[]): ChildProcess {
  const child = fork(NODE, args, { execArgv: execArgv(), stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  accompany(child)
  return child
}

/** @throws when it takes too long, or the process is over */
export async function soon<T> (what: string, child: ChildProcess, promise: Promise<T>, ms = PATIENCE): Promise<T> {
  const over = new AbortController()
  const { signal } = over
  const gone = async (): Promise<never> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit', { signal })
    throw new Error(`no ${what}: the process is over`)
  }
  try {
    return await within(ms, what, Promise.race([promise, gone()]))
  } finally {
    over.abort()
  }
}
