// A primary of node:cluster and its workers, in processes of their own. The test asks for workers, and is told which nodes each one is linked to.
// Arguments: `none`: the primary does not call setupPrimary.
import cluster from 'node:cluster'
import process from 'node:process'
import { createAdapter, setupPrimary as setupAdapter } from '@socket.io/cluster-adapter'
import { Server } from 'socket.io'
import { setupPrimary } from '../../src/cluster.js'
import { startNode } from '../kit/cluster/start-nodes.js'
import { speak } from './workers-messages.js'
import type { Asked, Report } from './workers-messages.js'

function runPrimary (): void {
  const reports = new Map<number, Report>()
  if (!process.argv.includes('none')) {
    setupPrimary()
    setupPrimary()
  }
  setupAdapter()
  cluster.on('exit', ({ id }) => reports.delete(id))
  cluster.on('message', ({ id }, message) => {
    const report = speak.report(message)
    if (report !== undefined) reports.set(id, report)
  })
  process.on('message', (asked: Asked) => {
    if (asked.fork !== undefined) for (let i = 0; i < asked.fork; i++) cluster.fork()
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker?.process.pid === asked.pid && asked.signal !== undefined) worker?.process.kill(asked.signal)
      if (asked.say === true || (asked.stop === true && worker?.process.pid === asked.pid)) worker?.send(asked)
    }
    process.send?.([...reports.values()])
  })
  process.once('disconnect', () => { for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL') })
}

async function runWorker (): Promise<void> {
  const node = await startNode({ teardown () {} }, { ipc: true })
  const io = new Server({ adapter: createAdapter() })
  let heard = 0
  io.on('hello', () => { heard++ })
  process.on('message', (asked: Asked) => {
    if (asked.say === true) io.serverSideEmit('hello')
    if (asked.stop === true) node.cluster.stop()
  })
  const { tag } = node.cluster
  setInterval(() => {
    const report: Report = { pid: process.pid, tag, linked: node.linked(), known: node.cluster.nodes.length, isCurrent: node.cluster.isCurrent, warnings: node.warnings(), heard }
    process.send?.({ report })
  }, 20)
}

if (cluster.isPrimary) runPrimary()
else await runWorker()
