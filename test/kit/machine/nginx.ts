// An nginx to test with: the one on the PATH. Where there is none the tests are skipped, visibly; with CI=true they fail instead.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Teardown } from '../teardown.js'
import { findExecutable } from './executable.js'
import { freePort } from './free-port.js'

const MISSING = 'no nginx found: install nginx'
const executablePath = findExecutable('nginx')

/** For the `skip` option of a test: why there is no nginx to test with, or false. */
export const skip: string | false = executablePath === undefined && process.env['CI'] !== 'true' ? MISSING : false

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

/** Starts an nginx whose configuration of `http` is `toHttp(port)`. Returns the port. */
export async function startNginx (t: Teardown, toHttp: (port: number) => string): Promise<number> {
  if (executablePath === undefined) throw new Error(MISSING)
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name)};`)
  mkdirSync(join(folder, 'logs'))
  writeFileSync(join(folder, 'nginx.conf'), `
daemon off; master_process off; error_log ${join(folder, 'error.log')}; pid ${join(folder, 'pid')};
events {}
http { access_log off; ${temporary.join(' ')}
${toHttp(port)}
}`)
  const child = spawn(executablePath, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  })
  const died = exited.then(([code]) => { throw new Error(`nginx ended with ${code}`) })
  died.catch(() => {})
  while (!await Promise.race([listens(port), died])) await new Promise((resolve) => { setTimeout(resolve, 20) })
  return port
}
