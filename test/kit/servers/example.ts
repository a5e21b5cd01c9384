// An example in a process of its own, started as a user does.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../machine/free-port.js'
import { within } from '../progress.js'
import type { Teardown } from '../teardown.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** How long an example may take until it says something, on a slow machine; ms. */
const PATIENCE = 180_000

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

/** What an example has written when it has ended, and its exit code. */
export interface Ended { code: number | null, out: string, errors: string }

/** Without tap's loaders, which it gives to every child process: Node loads TypeScript as it does for a user. */
const asUser = (env: Record<string, string>): NodeJS.ProcessEnv => ({ ...process.env, NODE_OPTIONS: '', ...env })

/** Runs `node examples/start.js` with a name and flags until it ends by itself. */
export async function runToEnd (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['examples/start.js', ...args], { cwd: ROOT, env: asUser(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, errors] = ['', '']
  child.stdout.on('data', (chunk) => { out += String(chunk) })
  child.stderr.on('data', (chunk) => { errors += String(chunk) })
  const [code] = await once(child, 'close') as [number | null]
  return { code, out, errors }
}

/** An example that runs, with all of its processes. */
export interface Running {
  /** The first line that it has written. */
  first: string
  /** Where its page is, if it is a server. */
  url: string
  /** Ends it with a signal; resolves with its exit code. */
  stop (signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `node examples/start.js` with a name and flags, or a module of an example by its path, on a free port unless the flags say otherwise. */
export async function startAsUser (t: Teardown, args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const command = args[0]?.includes('/') ? args : ['examples/start.js', ...args]
  const child = spawn(process.execPath, command, { cwd: ROOT, env: asUser({ PORT: '0', ...env }), stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode === null) child.kill(signal)
    return (await exited)[0]
  }
  t.teardown(() => stop())
  const died = exited.then(([code]) => { throw new Error(`${args.join(' ')} ended with ${String(code)}`) })
  died.catch(() => {})
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const [first] = await within(PATIENCE, `line of ${args.join(' ')}`, Promise.race([line, died]))
  return { first, url: first.replace('listening on ', ''), stop }
}
