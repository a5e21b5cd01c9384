// An example in a process of its own, started as a user does.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../machine/free-port.js'
import type { Teardown } from '../teardown.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export interface Example {
  port: number
  /** Ends it with SIGTERM; resolves with its exit code. */
  stop (): Promise<number | null>
}

/** Starts an example on a free port, which it takes from `PORT`, and waits until Fastify says that it listens. */
export async function startExample (name: string): Promise<Example> {
  const port = await freePort()
  const child = spawn(process.execPath, [`examples/${name}`], { cwd: ROOT, env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit') as Promise<[number | null]>
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) if (String(chunk).includes('Server listening')) break
  child.stdout.resume()
  return {
    port,
    async stop () {
      child.kill()
      const [code] = await exited
      return code
    }
  }
}

/** Starts a command that prints first where it listens. @param detached in a process group of its own */
export async function startPrinting (command: string, args: readonly string[], { env = {}, detached = false } = {}): Promise<{ child: ChildProcess, line: string, url: string }> {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'], detached })
  const died = once(child, 'exit').then(([code]) => { throw new Error(`${command} ${args.join(' ')} ended with ${code}`) })
  died.catch(() => {})
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), died]) as [string]
  return { child, line, url: line.replace('listening on ', '') }
}

/** The same with an example, which is killed with the test. */
export async function startPrintingExample (t: Teardown, name: string, args: readonly string[] = [], env = {}): Promise<{ child: ChildProcess, line: string, url: string }> {
  const started = await startPrinting(process.execPath, [`examples/${name}`, ...args], { env })
  t.teardown(() => started.child.kill('SIGKILL'))
  return started
}
