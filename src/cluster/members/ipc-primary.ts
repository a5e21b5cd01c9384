// The primary of node:cluster passes the addresses of workers to each other.
import cluster from 'node:cluster'
import type { Worker as Process } from 'node:cluster'
import { BadOptionError } from '../../errors.js'
import { readToPrimary, wrap } from './ipc-messages.js'
import type { Worker } from './ipc-messages.js'
import { removePlace } from './ipc-place.js'

/** The nodes of each worker: one for each registration. */
const nodesOf = new Map<Process, Map<string, Worker>>()
let isSetUp = false

/** A worker that is about to end cannot be sent to. It is removed when it has ended. */
const ignore = (): void => {}

function tell (workers: Iterable<Process>): void {
  const members = [...nodesOf].flatMap(([worker, nodes]) => worker.isConnected() ? [...nodes.values()] : [])
  const message = wrap({ type: 'members', members })
  for (const worker of workers) if (worker.isConnected()) worker.send(message, ignore)
}

function onMessage (worker: Process, message: unknown): void {
  const read = readToPrimary(message)
  if (read === undefined) return
  const { type, tag, path } = read
  const nodes = nodesOf.get(worker) ?? new Map<string, Worker>()
  nodesOf.set(worker, nodes)
  const isKnown = nodes.has(tag)
  if (type === 'join') nodes.set(tag, { tag, path })
  else nodes.delete(tag)
  tell(type === 'join' && isKnown ? [worker] : nodesOf.keys())
}

/** A worker that has closed its channel is no member any more, although it may live on. */
function onDisconnect (worker: Process): void {
  if (nodesOf.has(worker)) tell(nodesOf.keys())
}

/** Removes a worker that has ended, and the sockets that it has left behind. */
function onExit (worker: Process): void {
  const nodes = nodesOf.get(worker)
  if (nodes === undefined) return
  nodesOf.delete(worker)
  for (const { path } of nodes.values()) removePlace(path)
  tell(nodesOf.keys())
}

const SETUP = 'setupPrimary() in the primary of node:cluster, before cluster.fork(); its workers write nodes({ secret, ipc: true })'

/** Passes the addresses of workers to each other. Further calls have no effect. @throws FST_SIO_BAD_OPTION in a worker */
export function setupPrimary (): void {
  if (!cluster.isPrimary) throw new BadOptionError('cluster', 'set up by setupPrimary() in a worker', SETUP)
  if (isSetUp) return
  isSetUp = true
  cluster.on('message', onMessage)
  cluster.on('disconnect', onDisconnect)
  cluster.on('exit', onExit)
}
