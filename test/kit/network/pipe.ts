// What goes through the proxy in one direction.
import type { Socket } from 'node:net'

/** One direction of a connection: what has come and waits, with its end, and how the rest goes on. */
export class Pipe {
  readonly from: Socket
  readonly to: Socket
  dribbling = false
  #waiting = Buffer.alloc(0)
  #waits = false
  #ended = false

  constructor (from: Socket, to: Socket) {
    this.from = from
    this.to = to
  }

  pass (bytes: Buffer): void {
    if (this.#waits) this.#waiting = Buffer.concat([this.#waiting, bytes])
    else if (this.dribbling) this.#dribble(bytes)
    else if (bytes.length > 0) this.to.write(bytes)
  }

  /** A paused socket tells its end all the same. */
  end (): void {
    this.#ended = true
    if (!this.#waits) this.to.end()
  }

  /** Each byte in a segment and a turn of its own. */
  #dribble (bytes: Buffer): void {
    this.#waits = true
    if (bytes.length === 0) return this.release()
    this.to.write(bytes.subarray(0, 1), () => setImmediate(() => this.#dribble(bytes.subarray(1))))
  }

  /** What comes from now on stays, and the sender is not read. */
  hold (): void {
    this.#waits = true
    this.from.pause()
  }

  /** Passes on what has waited. */
  release (): void {
    const waiting = this.#waiting
    this.#waits = false
    this.#waiting = Buffer.alloc(0)
    if (waiting.length > 0) this.pass(waiting)
    if (this.#ended) this.end()
    this.from.resume()
  }
}
