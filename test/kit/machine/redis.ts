// Finds a Redis to test with: REDIS_URL, else one started from the redis-server on PATH, on a free port. Where there is neither the
// tests are skipped, visibly; with CI=true they fail instead.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { findExecutable } from './executable.js'
import { freePort } from './free-port.js'
import type { Teardown } from '../teardown.js'

const { REDIS_URL, CI } = process.env
const MISSING = 'no Redis found: set REDIS_URL or install redis-server'
/** A free port may be taken by another test before Redis has it. */
const ATTEMPTS = 5

const executablePath = findExecutable('redis-server')

/** For the `skip` option of a test: why there is no Redis to test with, or false. */
export const skip: string | false = !REDIS_URL && executablePath === undefined && CI !== 'true' ? MISSING : false

interface Running {
  readonly child: ChildProcess
  kill (): Promise<void>
}

/** Starts a Redis that keeps nothing; undefined when the port is taken. */
async function start (path: string, port: number, more: readonly string[] = []): Promise<Running | undefined> {
  const child = spawn(path, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...more], { stdio: ['ignore', 'pipe', 'ignore'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit')
  const ready = (async () => {
    for await (const line of createInterface(child.stdout)) {
      if (line.includes('Ready to accept connections')) return true
    }
    return false
  })()
  if (!await ready) return undefined
  child.stdout.resume()
  return {
    child,
    async kill () {
      process.removeListener('exit', kill)
      kill()
      await exited
    }
  }
}

async function startAnywhere (more?: readonly string[]): Promise<{ port: number, path: string, running: Running }> {
  if (executablePath === undefined) throw new Error(MISSING)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await freePort()
    const running = await start(executablePath, port, more)
    if (running !== undefined) return { port, path: executablePath, running }
  }
  throw new Error('redis-server does not start')
}

/**
 * The URL of a Redis, which is stopped with the test if it was started for it.
 * @throws when there is none, which only happens with CI=true, or when it does not start.
 */
export async function redisUrl (t: Teardown): Promise<string> {
  if (REDIS_URL) return REDIS_URL
  const { port, running } = await startAnywhere()
  t.teardown(running.kill)
  return `redis://127.0.0.1:${port}`
}

/** For the `skip` option of a test that ends its Redis, which must be its own. */
export const skipOwn: string | false = executablePath === undefined && CI !== 'true' ? 'no redis-server found' : false

/** A Redis of the test alone, to which anything may happen. */
export interface OwnRedis {
  readonly port: number
  readonly url: string
  kill (): Promise<void>
  /** Starts it again, empty, on the same port. */
  restart (): Promise<void>
  /** It keeps its connections, and answers no more. */
  pause (): void
  resume (): void
}

/** Starts a Redis, which ends with the test. @param more arguments of redis-server */
export async function ownRedis (t: Teardown, more: readonly string[] = []): Promise<OwnRedis> {
  const { port, path, running: first } = await startAnywhere(more)
  let running = first
  t.teardown(() => running.kill())
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => running.kill(),
    async restart () {
      const again = await start(path, port, more)
      if (again === undefined) throw new Error(`the port ${port} has been taken`)
      running = again
    },
    pause () { running.child.kill('SIGSTOP') },
    resume () { running.child.kill('SIGCONT') }
  }
}
