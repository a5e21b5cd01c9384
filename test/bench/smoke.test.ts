// This plugin as the benchmark's targets, with its clients: every dialect echoes, those that can be pushed to are.
import process from 'node:process'
import t from 'tap'
import type { Test } from 'tap'
import { ServerProcess, runClient } from '../../bench/lib/processes.mjs'
import { cellsOf, loadTargets } from '../../bench/lib/targets.mjs'
import type { Cell } from '../../bench/lib/targets.mjs'

/** What tap puts there has every process load its loaders; these are many, and are no TypeScript. */
delete process.env['NODE_OPTIONS']

const PROCESSES = { serverCpu: 'none', clientCpu: 'none', nodeArgs: [], timeout: 200_000 }
const SHORT = { warmup: 1, window: 1, windows: 2, connections: 3, clients: 3, message: 'hello' }

interface Window { value: number, perSecond: number }

/** One server for all dialects. */
async function serve (t: Test, name: string) {
  const target = (await loadTargets([name])).get(name)
  if (target === undefined) throw new Error(`${name} is not installed`)
  const server = await ServerProcess.start(target, PROCESSES)
  t.teardown(() => server.stop())
  const run = (cells: Cell[], workload: string) => runClient({
    job: 'compare',
    sides: cells.map(({ dialect, options }) => ({ dialect, options, port: server.port, pids: [server.pid] })),
    settings: { workload, ...SHORT },
    servers: [server]
  }, PROCESSES) as Promise<Window[][]>
  return { cells: await cellsOf(target), run }
}

function complete (t: Test, sweeps: Window[][], cells: Cell[]) {
  t.equal(sweeps.length, SHORT.windows)
  for (const [at, { dialect }] of cells.entries()) {
    t.ok(sweeps.every((sweep) => Number.isFinite(sweep[at]?.value) && (sweep[at]?.perSecond ?? 0) > 0), dialect)
  }
}

for (const name of ['self', 'self-socket.io']) {
  t.test(name, async (t) => {
    const { cells, run } = await serve(t, name)
    complete(t, await run(cells, 'echo'), cells)
    // One by one: a broadcast goes to every session of the server.
    for (const cell of cells.filter(({ family }) => family !== 'polling')) complete(t, await run([cell], 'push'), [cell])
  })
}
