// One sample: fresh servers, all alive at once, and a fresh client that puts its job to them.
import { ServerProcess, freePort, runClient } from './processes.mjs'

/**
 * A target and a dialect that it speaks.
 * @typedef {{ target: object, dialect: string, family: string, mode?: string, options: object }} Cell
 */

/** The processes of a target: one, or the nodes of a cluster, in order. */
async function startNodes (target, settings, servers) {
  const { nodes = 1, edge = 0, behindProxy = false } = target
  const linkPorts = nodes === 1 ? [] : await Promise.all(Array.from({ length: nodes }, freePort))
  const started = []
  for (let node = 0; node < nodes; node++) {
    const server = await ServerProcess.start(target, settings, nodes === 1 ? [] : [node, ...linkPorts].map(String))
    servers.push(server)
    started.push(server)
  }
  return { ...behindProxy && { home: started[0].port }, port: started[edge].port, pids: started.map(({ pid }) => pid) }
}

/**
 * @param {Cell[]} cells
 * @param processes how processes are started: see processes.mjs
 */
export async function sample (job, cells, settings, processes) {
  const servers = []
  try {
    const sides = []
    for (const { target, dialect, options } of cells) sides.push({ dialect, options, ...await startNodes(target, processes, servers) })
    return await runClient({ job, sides, settings, servers }, processes)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
