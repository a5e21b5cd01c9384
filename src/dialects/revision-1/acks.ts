// Acknowledgements that are outstanding in one session of revision 1. The client and the official Server give them different ids. Pure.
import { BoundedMap } from './bounded-map.js'

/** What an acknowledgement that is outstanding takes of memory; bytes. Measured. */
const ACK_BYTES = 96

/** Old ones are forgotten when there are too many: a peer may never answer. */
export class Acks {
  /** Our id → the Server's, which count per namespace from 0. */
  readonly #ofServer: BoundedMap<string, { endpoint: string, id: number }>
  /** An id for the Server → the client's, which are text. */
  readonly #ofClient: BoundedMap<number, string>
  #lastId = 0

  /** @param limit how many may be outstanding, in each direction */
  constructor (limit: number) {
    this.#ofServer = new BoundedMap(limit)
    this.#ofClient = new BoundedMap(limit)
  }

  get bytes (): number { return (this.#ofServer.size + this.#ofClient.size) * ACK_BYTES }

  /** The Server asks the client for one, which knows it by our id. */
  addOfServer (ourId: string, endpoint: string, id: number): void { this.#ofServer.set(ourId, { endpoint, id }) }

  /** The client answers. Returns the Server's id, unless the client is not asked, or names another endpoint. */
  takeOfServer (ourId: string, endpoint: string): number | undefined {
    const found = this.#ofServer.get(ourId)
    if (found?.endpoint !== endpoint) return undefined
    this.#ofServer.delete(ourId)
    return found.id
  }

  /** The client asks the Server for one. Returns an id for the Server. */
  addOfClient (id: string): number {
    this.#ofClient.set(this.#lastId, id)
    return this.#lastId++
  }

  /** The Server answers. Returns the client's id, unless the Server is not asked. */
  takeOfClient (id = -1): string | undefined {
    const found = this.#ofClient.get(id)
    this.#ofClient.delete(id)
    return found
  }
}
