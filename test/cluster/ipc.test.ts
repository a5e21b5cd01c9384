// Workers of node:cluster find each other by their primary.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import cluster from 'node:cluster'
import t from 'tap'
import type { Test } from 'tap'
import { setupPrimary } from '../../src/cluster.js'
import { startProcess } from '../kit/servers/process.js'
import type { Asked, Report } from './workers-messages.js'

function startPrimary (t: Test, args: readonly string[] = []) {
  const primary = startProcess(t, new URL('workers.ts', import.meta.url), args)
  const ask = (asked: Asked): Promise<readonly Report[]> => primary.ask(asked)
  return {
    ask,
    /** Resolves with the reports of all workers when they are as they should. Tap's time limit ends the wait. */
    async until (condition: (reports: readonly Report[]) => boolean): Promise<readonly Report[]> {
      for (;;) {
        const reports = await ask({})
        if (condition(reports)) return reports
      }
    }
  }
}

const areLinked = (count: number) => (reports: readonly Report[]): boolean => reports.length === count && reports.every(({ tag, linked, known }) =>
  known === count && linked.join() === reports.map((other) => other.tag).filter((other) => other !== tag).sort().join())

/** Folders of the sockets of a process. */
const folders = (pid: number): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`fsio-${pid}-`))

t.test('workers of a primary', async (t) => {
  const { ask, until } = startPrimary(t)
  await ask({ fork: 3 })
  const workers = await until(areLinked(3))
  t.ok(workers.every(({ isCurrent }) => isCurrent))
  t.same(workers.flatMap(({ warnings }) => warnings), [])
  t.same(workers.map(({ pid }) => folders(pid).length), [1, 1, 1])

  await ask({ say: true })
  t.same((await until((reports) => reports.every(({ heard }) => heard >= 2))).map(({ heard }) => heard), [2, 2, 2], 'beside @socket.io/cluster-adapter')

  const [{ pid }] = workers as [Report]
  await ask({ pid, signal: 'SIGKILL' })
  await until(areLinked(2))
  t.same(folders(pid), [], 'the socket of a killed worker is removed')
  await ask({ fork: 1 })
  const again = await until(areLinked(3))

  const [{ pid: leaving }] = again as [Report]
  await ask({ pid: leaving, stop: true })
  await until((reports) => reports.filter((report) => report.pid !== leaving).every(({ known }) => known === 2))
  t.same(folders(leaving), [], 'a node that stops removes its socket')
})

t.test('a primary that does not pass on addresses', async (t) => {
  const { ask, until } = startPrimary(t, ['none'])
  await ask({ fork: 2 })
  const reports = await until((workers) => workers.length === 2 && workers.every(({ warnings }) => warnings.length > 0))
  for (const { warnings, isCurrent, known } of reports) {
    t.match(warnings, [/call setupPrimary\(\) of "fastify-socketio-transports\/cluster" in it, before cluster\.fork\(\)/])
    t.equal(isCurrent, false)
    t.equal(known, 1)
  }
})

t.test('setupPrimary is for the primary', async (t) => {
  Reflect.set(cluster, 'isPrimary', false)
  t.teardown(() => Reflect.set(cluster, 'isPrimary', true))
  t.throws(() => setupPrimary(), { code: 'FST_SIO_BAD_OPTION', message: 'set up by setupPrimary() in a worker' })
})
