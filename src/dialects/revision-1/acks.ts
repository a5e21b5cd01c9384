// Acknowledgements that are outstanding in one session of revision 1. The client and the official Server give them different ids. Pure.
import { BoundedMap } from './bounded-map.js'

/** Memory of an outstanding acknowledgement; bytes. Measured. */
const ACK_BYTES = 96

/** The outstanding acknowledgements of one session. The oldest is dropped when there are too many, because a peer may never answer. */
export class Acks {
  /** Id that the client knows → the Server's id, which counts per namespace from 0. */
  readonly #ofServer: BoundedMap<string, { endpoint: string, id: number }>
  /** Id that the Server knows → the client's id, which is text. */
  readonly #ofClient: BoundedMap<number, string>
  #lastId = 0

  /** @param limit how many may be outstanding, in each direction */
  constructor (limit: number) {
    this.#ofServer = new BoundedMap(limit)
    this.#ofClient = new BoundedMap(limit)
  }

  get bytes (): number { return (this.#ofServer.size + this.#ofClient.size) * ACK_BYTES }

  /** Adds one that the Server asks for. The client knows it by `ourId`. */
  addOfServer (ourId: string, endpoint: string, id: number): void { this.#ofServer.set(ourId, { endpoint, id }) }

  /** Removes one that the client sends. Returns the Server's id; undefined if the Server did not ask, or asked on another endpoint. */
  takeOfServer (ourId: string, endpoint: string): number | undefined {
    const found = this.#ofServer.get(ourId)
    if (found?.endpoint !== endpoint) return undefined
    this.#ofServer.delete(ourId)
    return found.id
  }

  /** Adds one that the client asks for. Returns an id for the Server. */
  addOfClient (id: string): number {
    this.#ofClient.set(this.#lastId, id)
    return this.#lastId++
  }

  /** Removes one that the Server sends. Returns the client's id; undefined if the client did not ask. */
  takeOfClient (id = -1): string | undefined {
    const found = this.#ofClient.get(id)
    this.#ofClient.delete(id)
    return found
  }
}
