// What the protocol suites share: the application they run against, and clients that know nothing but bytes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Teardown } from '../kit/teardown.js'

/** The times (ms) and the size (bytes) that the published suites expect to read. */
export const SUITE = { pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 }

/**
 * Starts an example, and tells its origin. `SUITE_URL=http://localhost:3000` names a server that runs already, of whatever make, with the
 * settings of {@link SUITE}. engine.io 6.6 passes but for what is better here: it has no JSON in refused upgrades, upgrades requests of no
 * version (and with `allowEIO3` takes every version for 3), and answers a POST that cannot be read with `ok`.
 */
export async function start (t: Teardown, example: string, config: object): Promise<string> {
  const running = process.env['SUITE_URL']
  if (running !== undefined) return running
  const child = spawn(process.execPath, [`examples/${example}.js`, '--port', '0', '--config', JSON.stringify(config)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const died = once(child, 'exit').then(([code]) => { throw new Error(`${example} ended with ${code}`) })
  died.catch(() => {})
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), died]) as [string]
  return line.replace('listening on ', '')
}
