// The application of docs/proxies.md in a process of its own.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { accompany } from '../kit/progress.js'
import type { Teardown } from '../kit/teardown.js'

export interface Production {
  readonly port: number
  /** What it has heard with the event `say`, in order. */
  heard (): string[]
  signal (name: NodeJS.Signals): void
  /** Resolves with its exit code when it has ended. */
  readonly ended: Promise<number | null>
}

const SCRIPT = fileURLToPath(new URL('talking-server.js', import.meta.url))

/** Starts it, without tap's loaders, and waits until it listens. */
export async function startProduction (t: Teardown, port: number, env: Record<string, string> = {}): Promise<Production> {
  const HEARD = join(tmpdir(), `heard-${randomUUID()}`)
  const child = spawn(process.execPath, [SCRIPT], { env: { ...process.env, NODE_OPTIONS: '', ...env, PORT: String(port), HEARD }, stdio: ['ignore', 'pipe', 'inherit'] })
  accompany(child)
  t.teardown(() => {
    child.kill('SIGKILL')
    rmSync(HEARD, { force: true })
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const lines = createInterface(child.stdout)
  const listens = new Promise<void>((resolve) => lines.on('line', (line) => { if (line.includes('Server listening')) resolve() }))
  await Promise.race([listens, ended.then((code) => { throw new Error(`the server has ended with ${String(code)}`) })])
  return {
    port,
    heard: () => existsSync(HEARD) ? readFileSync(HEARD, 'utf8').split('\n').filter((line) => line !== '') : [],
    signal: (name) => { child.kill(name) },
    ended
  }
}
