// One sample: fresh servers, all alive at once, and a fresh client that puts its job to them, or one for each of them.
import { Baton } from './baton.mjs'
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
export function sample (job, cells, settings, processes) {
  return withServers(cells, processes, (sides, servers) => runClient({ job, sides, settings, servers }, processes))
}

/** The same with a client for each server, in turn: a process has not files enough for the sessions of all. @returns one result for each cell */
export function sampleInTurn (job, cells, settings, processes) {
  const baton = new Baton()
  return withServers(cells, processes, (sides, servers) => Promise.all(sides.map((side) => runClient({ job, sides: [side], settings, servers, baton }, processes))))
}

async function withServers (cells, processes, use) {
  const servers = []
  try {
    const sides = []
    for (const { target, dialect, options } of cells) sides.push({ dialect, options, ...await startNodes(target, processes, servers) })
    return await use(sides, servers)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
