// One sample: fresh servers, all alive at once, and a fresh client that puts its job to them.
import { ServerProcess, runClient } from './processes.mjs'

/**
 * A target and a dialect that it speaks.
 * @typedef {{ target: object, dialect: string, family: string, mode?: string, options: object }} Cell
 */

/**
 * @param {Cell[]} cells
 * @param processes how processes are started: see processes.mjs
 */
export async function sample (job, cells, settings, processes) {
  const servers = []
  try {
    for (const { target } of cells) servers.push(await ServerProcess.start(target, processes))
    const sides = cells.map(({ dialect, options }, at) => ({ dialect, options, port: servers[at].port, pid: servers[at].pid }))
    return await runClient({ job, sides, settings, servers }, processes)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
