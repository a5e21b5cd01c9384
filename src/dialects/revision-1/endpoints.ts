// The endpoints of one session of revision 1 as the official Server knows them, and how much memory is held for them. Pure.
import { detach } from '../../codec/detach.js'
import { NAMESPACE_BYTES, newEndpoint } from '../endpoint.js'
import type { Endpoint } from '../endpoint.js'

/** What each character of an endpoint's query may take, once the Server has made an object of it: `?a&b&c`; bytes. Measured. */
const QUERY_BYTES = 48

/** How many bytes the Server holds for an endpoint that is connected with this query. */
export const endpointBytes = (query: string): number => NAMESPACE_BYTES + query.length * QUERY_BYTES

/** An endpoint is absent, connecting or connected. One that was refused or disconnected is absent again. */
export class Endpoints {
  /** The Server connects the default endpoint by itself (its model of protocol 3). */
  readonly #byName = new Map<string, Endpoint>([['', newEndpoint()]])
  #waitingBytes = 0
  #serverBytes = 0

  /** How many there are, the default one included. */
  get size (): number { return this.#byName.size }
  /** What waits for endpoints to connect; bytes. */
  get waitingBytes (): number { return this.#waitingBytes }
  /** The same, and what the Server holds for the endpoints; bytes. */
  get bytes (): number { return this.#waitingBytes + this.#serverBytes }
  /** The names of those that are connected. */
  get connected (): string[] { return [...this.#byName].filter(([, { state }]) => state === 'connected').map(([name]) => name) }

  get (name: string): Endpoint | undefined { return this.#byName.get(name) }

  /** The client connects an endpoint, for which the Server is to hold so many bytes. */
  add (name: string, bytes: number): void {
    this.#serverBytes += bytes
    this.#byName.set(name, newEndpoint(bytes))
  }

  /** A packet waits until the Server has connected the endpoint. */
  wait ({ waiting }: Endpoint, packet: string): void {
    this.#waitingBytes -= waiting.bytes
    waiting.push(detach(packet))
    this.#waitingBytes += waiting.bytes
  }

  /**
   * Calls `hear` with each packet that has waited for an endpoint, in order. When one of them disconnects the endpoint and another one connects it
   * again, the rest waits for that connect.
   */
  hearWaiting (name: string, endpoint: Endpoint, hear: (packet: string) => void): void {
    const { waiting } = endpoint
    this.#waitingBytes -= waiting.bytes
    for (let packet = waiting.shift(); packet !== undefined; packet = waiting.shift()) {
      hear(packet)
      const current = this.#byName.get(name)
      if (current === undefined || current === endpoint) continue
      current.waiting = waiting
      break
    }
    this.#waitingBytes += waiting.bytes
  }

  /** Releases an endpoint with what the Server holds for it. Packets that wait for it are not released: {@link hearWaiting} may be at work on them. */
  delete (name: string): void {
    this.#serverBytes -= this.#byName.get(name)?.bytes ?? 0
    this.#byName.delete(name)
  }

  /** Releases an endpoint that the Server has refused or disconnected, with packets that wait for it. */
  forget (name: string): void {
    this.#waitingBytes -= this.#byName.get(name)?.waiting.bytes ?? 0
    this.delete(name)
  }

  clear (): void { this.#byName.clear() }
}
