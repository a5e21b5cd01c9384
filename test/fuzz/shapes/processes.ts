// Starts the process of a node, and waits for what it says.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const NODE = fileURLToPath(new URL('node.ts', import.meta.url))
const LOADER = new URL('../../loader/register.js', import.meta.url).href
/** A node that needs more dies of it; megabytes. */
const HEAP = 1024
/** Far above what a busy machine needs; ms. */
const PATIENCE = 60_000

/** `npm run fuzz` has loaded it in another way than by a flag. */
function execArgv (): string[] {
  const own = [...process.execArgv, '--expose-gc', `--max-old-space-size=${HEAP}`, '--stack-trace-limit=60']
  return own.some((flag) => flag.includes('loader/register.js')) ? own : [...own, '--import', LOADER]
}

/** A process whose output nobody reads. */
export const startProcess = (args: readonly string[]): ChildProcess =>
  fork(NODE, args, { execArgv: execArgv(), stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })

/** @throws when it takes too long, or the process is over */
export async function soon<T> (what: string, child: ChildProcess, promise: Promise<T>, ms = PATIENCE): Promise<T> {
  const over = new AbortController()
  const { signal } = over
  const late = async (): Promise<never> => {
    await pause(ms, undefined, { signal })
    throw new Error(`no ${what} within ${ms} ms`)
  }
  const gone = async (): Promise<never> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit', { signal })
    throw new Error(`no ${what}: the process is over`)
  }
  try {
    return await Promise.race([promise, late(), gone()])
  } finally {
    over.abort()
  }
}
