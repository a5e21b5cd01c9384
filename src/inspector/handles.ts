// Names for sessions that are no keys: a page opens and ends a session by its handle.
import { randomBytes } from 'node:crypto'
import type { Socket } from '../../types/socket.js'

/** Sessions that were listed lately. */
const MOST = 5000

export class Handles {
  readonly #handles = new WeakMap<Socket, string>()
  /** In the order of their last use. */
  readonly #sockets = new Map<string, WeakRef<Socket>>()

  of (socket: Socket): string {
    const handle = this.#handles.get(socket) ?? randomBytes(9).toString('base64url')
    this.#handles.set(socket, handle)
    this.#sockets.delete(handle)
    this.#sockets.set(handle, new WeakRef(socket))
    if (this.#sockets.size > MOST) this.#sockets.delete(this.#sockets.keys().next().value ?? '')
    return handle
  }

  /** The session of a handle, also for a while when it has ended. */
  find (handle: string): Socket | undefined { return this.#sockets.get(handle)?.deref() }
}
