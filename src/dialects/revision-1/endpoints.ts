// The endpoints of one session of revision 1 as the official Server knows them, and how much memory is held for them. Pure.
import { detach } from '../../codec/detach.js'
import { NAMESPACE_BYTES, newEndpoint } from '../endpoint.js'
import type { Endpoint } from '../endpoint.js'

/** Memory for each character of an endpoint's query when the Server has parsed it into an object (`?a&b&c`); bytes. Measured. */
const QUERY_BYTES = 48

/** Returns the memory that the Server takes for an endpoint with this query, bytes. */
export const endpointBytes = (query: string): number => NAMESPACE_BYTES + query.length * QUERY_BYTES

/** The endpoints of one session. An endpoint that was refused or disconnected is absent again. */
export class Endpoints {
  /** The Server connects the default endpoint by itself (its model of protocol 3). */
  readonly #byName = new Map<string, Endpoint>([['', newEndpoint()]])
  #waitingBytes = 0
  #serverBytes = 0

  /** The number of endpoints, with the default one. */
  get size (): number { return this.#byName.size }
  /** Memory of packets that wait for endpoints to connect; bytes. */
  get waitingBytes (): number { return this.#waitingBytes }
  /** The same with the memory that the Server takes for the endpoints; bytes. */
  get bytes (): number { return this.#waitingBytes + this.#serverBytes }
  /** The names of the connected endpoints. */
  get connected (): string[] { return [...this.#byName].filter(([, { state }]) => state === 'connected').map(([name]) => name) }

  get (name: string): Endpoint | undefined { return this.#byName.get(name) }

  /** Adds an endpoint that the client connects. @param bytes memory that the Server will take for it */
  add (name: string, bytes: number): void {
    this.#serverBytes += bytes
    this.#byName.set(name, newEndpoint(bytes))
  }

  /** Adds a packet that waits until the Server has connected the endpoint. */
  wait ({ waiting }: Endpoint, packet: string): void {
    this.#waitingBytes -= waiting.bytes
    waiting.push(detach(packet))
    this.#waitingBytes += waiting.bytes
  }

  /**
   * Calls `hear` with each packet that has waited for an endpoint, in order. When one packet disconnects the endpoint and a later one
   * connects it again, the rest waits for that connect.
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

  /** Removes an endpoint. Its waiting packets still count: {@link hearWaiting} may be delivering them. */
  delete (name: string): void {
    this.#serverBytes -= this.#byName.get(name)?.bytes ?? 0
    this.#byName.delete(name)
  }

  /** Removes an endpoint that the Server has refused or disconnected, with its waiting packets. */
  forget (name: string): void {
    this.#waitingBytes -= this.#byName.get(name)?.waiting.bytes ?? 0
    this.delete(name)
  }

  clear (): void { this.#byName.clear() }
}
