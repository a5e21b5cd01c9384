// A network with a delay: what either side sends, and how it ends, reaches the other one so many milliseconds later. It keeps what has gone by,
// can be cut while both live, and mended, to another server too. For connections that break at a byte take `breaking-proxy.ts`.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Teardown } from '../teardown.js'

/** One connection: all that each side has been given of it. */
export interface Passed { up: string, down: string }

export class DelayLine {
  /** Of each connection, in the order in which they were made. */
  readonly passed: Passed[] = []
  /** Where connections lead from now on; undefined: they are broken at once. */
  target: number | undefined
  readonly #ms: number
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer({ allowHalfOpen: true }, (client) => this.#join(client))

  constructor (target: number, ms: number) {
    this.target = target
    this.#ms = ms
  }

  get port (): number { return (this.#server.address() as AddressInfo).port }
  get url (): string { return `http://127.0.0.1:${this.port}` }

  async listen (): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  #join (client: Socket): void {
    if (this.target === undefined) {
      client.on('error', () => {}).destroy()
      return
    }
    const server = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true })
    const passed = { up: '', down: '' }
    this.passed.push(passed)
    this.#pass(client, server, (text) => { passed.up += text })
    this.#pass(server, client, (text) => { passed.down += text })
  }

  #pass (from: Socket, to: Socket, note: (text: string) => void): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (chunk) => setTimeout(() => {
      if (to.destroyed) return
      note(chunk.toString('latin1'))
      to.write(chunk)
    }, this.#ms))
    from.on('end', () => setTimeout(() => to.end(), this.#ms))
    from.on('error', () => setTimeout(() => to.destroy(), this.#ms))
    from.on('close', () => this.#sockets.delete(from))
  }

  /** Breaks every connection, and new ones at once. */
  cut (): void {
    this.target = undefined
    for (const socket of this.#sockets) socket.destroy()
  }

  /** New connections reach this port. */
  mend (port: number): void { this.target = port }

  close (): void {
    this.#server.close()
    this.cut()
  }
}

/** A line of so many milliseconds each way to the server on `port`. */
export async function delayed (t: Teardown, port: number, ms: number): Promise<DelayLine> {
  const line = await new DelayLine(port, ms).listen()
  t.teardown(() => line.close())
  return line
}
