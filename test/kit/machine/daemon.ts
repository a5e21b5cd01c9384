// A program of this machine that serves a port, from a configuration in a folder of its own. Where the program is missing, its tests are skipped, visibly; with CI=true
// they fail instead.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Teardown } from '../teardown.js'
import { findExecutable } from './executable.js'
import { freePort } from './free-port.js'

async function listens (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

export interface Daemon {
  /** For the `skip` option of a test: why there is none to test with, or false. */
  readonly skip: string | false
  /** Starts it on a free port, and ends it with the test. @param toText makes its configuration @returns the port */
  start (t: Teardown, toText: (port: number, folder: string) => string): Promise<number>
}

/** @param toArgs the arguments, with the path of the configuration and the folder */
export function daemon (name: string, toArgs: (path: string, folder: string) => string[]): Daemon {
  const missing = `no ${name} found: install ${name}`
  const executable = findExecutable(name)
  return {
    skip: executable === undefined && process.env['CI'] !== 'true' ? missing : false,
    async start (t, toText) {
      if (executable === undefined) throw new Error(missing)
      const port = await freePort()
      const folder = mkdtempSync(join(tmpdir(), `${name}-`))
      const path = join(folder, 'configuration')
      writeFileSync(path, toText(port, folder))
      const child = spawn(executable, toArgs(path, folder), { stdio: ['ignore', 'ignore', 'inherit'] })
      const exited = once(child, 'exit')
      t.teardown(async () => {
        child.kill('SIGKILL')
        await exited
        rmSync(folder, { recursive: true, force: true })
      })
      const died = exited.then(([code]) => { throw new Error(`${name} ended with ${code}`) })
      died.catch(() => {})
      while (!await Promise.race([listens(port), died])) await sleep(20)
      return port
    }
  }
}
