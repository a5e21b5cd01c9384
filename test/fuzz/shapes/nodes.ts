// The nodes of one setup, as their parent sees them: their ports, their faults, and a client on each that is to live on.
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { io } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import parser from 'socket.io-msgpack-parser'
import type { NodeMessage } from './node.js'
import { soon, startProcess } from './processes.js'
import type { Setup } from './setup.js'

/** What must not be. */
export interface Fault { readonly kind: string, readonly text: string }

/** Kinds of faults after which a node is started anew. */
export const FATAL: readonly string[] = ['exit', 'unusable', 'memory', 'does not settle', 'stall']

/** Most that a node may have resident, all of its sessions counted; bytes. */
const MAX_RSS = 1200 * 1024 * 1024
/** What a node may take to answer a question when it has nothing else to do; ms. */
const SETTLING = 15_000

class Node {
  port = 0
  rss = 0
  readonly child: ChildProcess
  readonly faults: Fault[] = []
  #bystander: Socket | undefined
  #settled = (): void => {}
  #listens = (): void => {}

  constructor (args: readonly string[]) {
    this.child = startProcess(args)
    this.child.on('message', (message: NodeMessage) => this.#hear(message))
    this.child.once('exit', (code, signal) => this.faults.push({ kind: 'exit', text: `the process ended with ${code ?? String(signal)}` }))
  }

  #hear (message: NodeMessage): void {
    switch (message.type) {
      case 'port': this.port = message.port; return this.#listens()
      case 'fault': this.faults.push(message); return
      case 'settled': this.rss = message.rss; return this.#settled()
      default: message satisfies never
    }
  }

  async start ({ parser: name }: Setup): Promise<void> {
    await soon('port', this.child, new Promise<void>((resolve) => { this.#listens = resolve }))
    this.#bystander = io(`http://127.0.0.1:${this.port}/bystander`, { transports: ['websocket'], reconnection: false, ...name === 'msgpack' && { parser } })
    await soon('bystander', this.child, once(this.#bystander as never, 'connect'))
  }

  /** Waits until the node has done all, and looks after its bystander. */
  async settle (): Promise<void> {
    try {
      const settled = new Promise<void>((resolve) => { this.#settled = resolve })
      this.child.send('settle', () => {})
      await soon('settling', this.child, settled, SETTLING)
      if (this.rss > MAX_RSS) this.faults.push({ kind: 'memory', text: `the process holds ${Math.round(this.rss / 1e6)} MB` })
      const word = randomUUID()
      const echo = await soon('echo for the bystander', this.child, this.#bystander?.emitWithAck('echo', word) ?? Promise.resolve(), SETTLING)
      if (echo !== word) throw new Error('the bystander hears another echo')
    } catch (error) {
      this.faults.push({ kind: 'unusable', text: String(error) })
    }
  }

  async stop (): Promise<void> {
    this.#bystander?.disconnect()
    const { child } = this
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

/** The nodes of one setup. */
export class Nodes {
  readonly setup: Setup
  readonly #redis: string
  #nodes: Node[] = []
  /** Whether something has gone wrong since they were started. */
  hasFailed = false

  constructor (setup: Setup, redis: string) {
    this.setup = setup
    this.#redis = redis
  }

  /** How many there are. */
  get count (): number { return this.setup.adapter === 'redis' ? 2 : 1 }

  /** The most that one of them holds; bytes. */
  get rss (): number { return Math.max(0, ...this.#nodes.map(({ rss }) => rss)) }

  port (node: number): number { return this.#nodes[node]?.port ?? 0 }

  /** Starts those that are not there. */
  async start (): Promise<void> {
    if (this.#nodes.length > 0) return
    this.hasFailed = false
    const args = [this.setup.name, this.#redis, `fuzz-${randomUUID()}`]
    this.#nodes = Array.from({ length: this.count }, () => new Node(args))
    await Promise.all(this.#nodes.map(async (node) => await node.start(this.setup)))
  }

  async settle (): Promise<void> {
    if (this.usable) await Promise.all(this.#nodes.map(async (node) => await node.settle()))
  }

  /** Whether all of them can go on. */
  get usable (): boolean { return this.#nodes.every(({ faults }) => faults.every(({ kind }) => !FATAL.includes(kind))) }

  /** The faults since it was asked last. */
  takeFaults (): Fault[] {
    const taken = this.#nodes.flatMap(({ faults }) => faults.splice(0))
    this.hasFailed ||= taken.length > 0
    return taken
  }

  async stop (): Promise<void> {
    await Promise.all(this.#nodes.splice(0).map(async (node) => await node.stop()))
  }
}
