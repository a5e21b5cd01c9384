// A TCP proxy whose connections break where a test says: at a byte, counted or recognized, in either direction; never by time. It hands on
// what each end does to its connection (FIN, RST), and can keep that from the other.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Teardown } from '../teardown.js'
import { Pipe } from './pipe.js'
import type { Point } from './points.js'

/** `up`: from the client to the server. */
export type Way = 'up' | 'down'
/** How the proxy leaves one end. `open`: it is told nothing, and heard no more. */
export type Leave = 'fin' | 'rst' | 'open'

/** What happens at the point. `hold` keeps what comes after it until `release`; `dribble` passes that on byte by byte. */
export type Act = { readonly client: Leave, readonly server: Leave } | 'hold' | 'dribble'

export interface Fault {
  /** It strikes the first connection on which a client says this from now on: a request line, say. */
  readonly on: RegExp
  /** Whose bytes are counted, from that request on. */
  readonly way: Way
  readonly at: Point
  readonly act: Act
}

/** A fault that waits for its point. */
export class Armed {
  readonly fault: Fault
  readonly struck: Promise<void>
  seen = Buffer.alloc(0)
  over = false
  link: Link | undefined
  #strike = (): void => {}

  constructor (fault: Fault) {
    this.fault = fault
    this.struck = new Promise((resolve) => { this.#strike = resolve })
  }

  /** Strikes: at its point, or wherever its connection is when a test has seen enough. */
  strike (): void {
    if (this.link === undefined) throw new Error(`no connection has said ${String(this.fault.on)}`)
    this.over = true
    const { act, way } = this.fault
    if (act === 'hold') this.link.pipe(way).hold()
    else if (act === 'dribble') this.link.pipe(way).dribbling = true
    else this.link.leave(act)
    this.#strike()
  }

  /** Passes on what was held. */
  release (): void { this.link?.pipe(this.fault.way).release() }
}

/** A reset takes with it what has arrived and is not read yet: whoever reads in this process has the turns to do so. */
function reset (socket: Socket, turns = 3): void {
  if (turns === 0) socket.resetAndDestroy()
  else setImmediate(reset, socket, turns - 1)
}

function leaveEnd (socket: Socket, how: Leave): void {
  if (how === 'fin') socket.end()
  else if (how === 'rst') reset(socket)
}

/** One connection through the proxy. */
export class Link {
  readonly #proxy: Proxy
  readonly #pipes: Record<Way, Pipe>
  readonly #faults: Armed[] = []
  #left = false

  constructor (proxy: Proxy, client: Socket, server: Socket) {
    this.#proxy = proxy
    this.#pipes = { up: new Pipe(client, server), down: new Pipe(server, client) }
    for (const way of ['up', 'down'] as const) {
      const { from, to } = this.#pipes[way]
      from.setNoDelay(true)
      from.on('data', (chunk: Buffer) => this.#take(way, chunk))
      from.on('end', () => { if (!this.#left) this.#pipes[way].end() })
      from.on('error', () => { if (!this.#left) to.resetAndDestroy() })
    }
  }

  pipe (way: Way): Pipe { return this.#pipes[way] }

  bind (armed: Armed): void {
    armed.link = this
    this.#faults.push(armed)
  }

  #take (way: Way, chunk: Buffer): void {
    if (this.#left) return
    if (way === 'up') this.#proxy.claim(this, chunk)
    const pipe = this.#pipes[way]
    const armed = this.#faults.find(({ fault, over }) => fault.way === way && !over)
    if (armed === undefined) return pipe.pass(chunk)
    armed.seen = Buffer.concat([armed.seen, chunk])
    const at = armed.fault.at(armed.seen)
    if (at === undefined) return pipe.pass(chunk)
    const rest = armed.seen.length - at
    if (rest > chunk.length) throw new Error('the point has passed already')
    pipe.pass(chunk.subarray(0, chunk.length - rest))
    armed.strike()
    if (!this.#left) pipe.pass(chunk.subarray(chunk.length - rest))
  }

  /** Nothing passes any more, and each end is left in its way; one that is held is not read either. */
  leave ({ client, server }: { client: Leave, server: Leave }): void {
    this.#left = true
    leaveEnd(this.#pipes.down.to, client)
    leaveEnd(this.#pipes.up.to, server)
  }

  destroy (): void {
    this.#left = true
    for (const { from } of Object.values(this.#pipes)) from.destroy()
  }
}

/** The proxy before one server. */
export class Proxy {
  readonly #links: Link[] = []
  #armed: Armed[] = []
  readonly #server

  constructor (port: number) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#links.push(new Link(this, client, connect({ port, host: '127.0.0.1', allowHalfOpen: true })))
    })
  }

  get port (): number { return (this.#server.address() as AddressInfo).port }
  /** How many connections there have been. */
  get count (): number { return this.#links.length }

  async listen (): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  arm (fault: Fault): Armed {
    const armed = new Armed(fault)
    this.#armed.push(armed)
    return armed
  }

  /** The connection gets the faults that wait for what its client says. */
  claim (link: Link, chunk: Buffer): void {
    const text = chunk.toString('latin1')
    const claimed = this.#armed.filter(({ fault }) => fault.on.test(text))
    this.#armed = this.#armed.filter((armed) => !claimed.includes(armed))
    for (const armed of claimed) link.bind(armed)
  }

  close (): void {
    this.#server.close()
    for (const link of this.#links) link.destroy()
  }
}

/** A proxy before the server on `port`. */
export async function proxyBefore (t: Teardown, port: number): Promise<Proxy> {
  const proxy = await new Proxy(port).listen()
  t.teardown(() => proxy.close())
  return proxy
}
