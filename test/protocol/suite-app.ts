// The application that the protocol suites run against.
import { startPrinting } from '../kit/servers/example.js'
import type { Teardown } from '../kit/teardown.js'

/** The times (ms) and the size (bytes) that the published suites expect to read. */
export const SUITE = { pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 }

/**
 * Starts an application of `apps`, and tells its origin. `SUITE_NODES=3`: on three nodes, each connection to the next one.
 * `SUITE_URL=http://localhost:3000` names a server that runs already, of whatever make, with the settings of {@link SUITE}. engine.io 6.6 passes but for what is better here: it has no JSON in refused upgrades, upgrades requests of no
 * version (and with `allowEIO3` takes every version for 3), and answers a POST that cannot be read with `ok`.
 */
export async function start (t: Teardown, app: string, config: object): Promise<string> {
  const running = process.env['SUITE_URL']
  if (running !== undefined) return running
  const { child, url } = await startPrinting(process.execPath, [`test/protocol/apps/${app}.js`, '--port', '0', '--config', JSON.stringify(config), '--nodes', process.env['SUITE_NODES'] ?? '1'])
  t.teardown(() => child.kill('SIGKILL'))
  return url
}
