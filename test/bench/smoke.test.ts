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
const SHORT = { warmup: 1, window: 1, windows: 2, sessions: 3, clients: 3, inflight: 3, rate: 2000, storm: 10, withLatency: true, message: 'hello' }

interface Result { value: number, perSecond?: number, p50?: number, p99?: number, seconds?: number, windows: number }

/** One server for all dialects. */
async function serve (t: Test, name: string) {
  const target = (await loadTargets([name])).get(name)
  if (target === undefined) throw new Error(`${name} is not installed`)
  const server = await ServerProcess.start(target, PROCESSES)
  t.teardown(() => server.stop())
  const run = (cells: Cell[], workload: string, job = 'compare') => runClient({
    job,
    sides: cells.map(({ dialect, options }) => ({ dialect, options, port: server.port, pids: [server.pid] })),
    settings: { workload, turn: 0, ...SHORT },
    servers: [server]
  }, PROCESSES) as Promise<Result[]>
  return { cells: await cellsOf(target), run }
}

function complete (t: Test, results: Result[], cells: Cell[]) {
  t.equal(results.length, cells.length)
  for (const [at, { dialect }] of cells.entries()) {
    const { value, perSecond = 0, windows } = results[at] ?? { value: NaN, windows: 0 }
    t.ok(Number.isFinite(value) && perSecond > 0, dialect)
    t.equal(windows, SHORT.windows)
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

t.test('load has latencies, lives have an echo, a storm has a duration', async (t) => {
  const { cells, run } = await serve(t, 'self')
  const of = (...dialects: string[]) => cells.filter(({ dialect }) => dialects.includes(dialect))
  const steady = of('eio4-websocket', 'eio4-polling', 'rev1-xhr-polling-parked')
  // Windows of a millisecond may have no message.
  for (const { p50 = NaN, p99 = NaN } of await run(steady, 'load')) t.ok(Number.isNaN(p50) || p99 >= p50)
  const upgrades = of('eio4-upgrade', 'rev1-websocket')
  complete(t, await run(upgrades, 'life'), upgrades)
  for (const { value, seconds = 0 } of await run(upgrades, '', 'storm')) t.ok(value > 0 && seconds > 0)
})
