// Nodes in processes of their own, which can be killed, stopped and replaced.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ClusterNode } from '../../../types/cluster.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { Metrics } from '../../../types/metrics.js'
import { freePort } from '../machine/free-port.js'
import type { Teardown } from '../teardown.js'

/** How the nodes find each other: options of `nodes`. */
export interface NodeConfig {
  /** URL of a Redis. */
  readonly redis?: string
  readonly members: object
  readonly options?: SocketioTransportsOptions
}

export interface NodeReport {
  readonly nodes: readonly ClusterNode[]
  readonly isCurrent: boolean
  readonly sessions: number
  readonly metrics: Metrics
  readonly memory: NodeJS.MemoryUsage
}

/** One node. */
export interface NodeProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly port: number
  readonly tag: string
  /** What it has heard with the event `say`, in order. */
  heard (): string[]
  /** The lines of its log. */
  log (): { level: number, msg: string, reason?: string }[]
  report (): Promise<NodeReport>
  /** Sends a signal, and waits for the end of the process if it is one that ends it. */
  signal (name: NodeJS.Signals): Promise<void>
}

const SCRIPT = fileURLToPath(new URL('node.js', import.meta.url))
const linesOf = (path: string): string[] => existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter((line) => line !== '') : []

/** Starts a node. */
export async function startNode (t: Teardown, config: NodeConfig): Promise<NodeProcess> {
  const heard = join(tmpdir(), `heard-${randomUUID()}`)
  const log = `${heard}.log`
  const child = fork(SCRIPT, [JSON.stringify({ ...config, heard, log })], { env: { ...process.env, NODE_OPTIONS: '' }, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const died = exited.then(([code, signal]) => { throw new Error(`a node ended before it listened: ${code ?? signal}`) })
  const [{ url, tag }] = await Promise.race([once(child, 'message'), died]) as [{ url: string, tag: string }]
  died.catch(() => {})
  return {
    child,
    url,
    tag,
    port: Number(new URL(url).port),
    heard: () => linesOf(heard),
    log: () => linesOf(log).map((line) => JSON.parse(line) as { level: number, msg: string }),
    async report () {
      child.send('report')
      const [report] = await once(child, 'message') as [NodeReport]
      return report
    },
    async signal (name) {
      child.kill(name)
      if (name === 'SIGKILL' || name === 'SIGTERM') await exited
    }
  }
}

/** Waits for something that must be asked for. @throws when it is not so within 20 s */
export async function eventually (isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 20_000; !await isSo();) {
    if (performance.now() > end) throw new Error(`not so within 20 s: ${isSo}`)
    await sleep(20)
  }
}

/** Waits until each node has a link to each other one. */
export async function connected (nodes: readonly NodeProcess[]): Promise<void> {
  for (const node of nodes) {
    await eventually(async () => {
      const serving = (await node.report()).nodes.filter(({ state }) => state === 'serving').map(({ tag }) => tag)
      return nodes.every(({ tag }) => serving.includes(tag))
    })
  }
}

/** Starts nodes that know each other by fixed addresses. @param between returns the address at which others reach a node */
export async function startPeers (t: Teardown, count: number, options: SocketioTransportsOptions = {}, between = async (port: number): Promise<number> => port): Promise<NodeProcess[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freePort())
  const outside = await Promise.all(ports.map(between))
  const peers = outside.map((port) => `127.0.0.1:${port}`)
  const nodes = await Promise.all(ports.map((port, i) => startNode(t, { members: { peers, listen: { host: '127.0.0.1', port, advertise: { port: outside[i] } } }, options })))
  await connected(nodes)
  return nodes
}
