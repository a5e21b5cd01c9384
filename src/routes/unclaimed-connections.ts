// Connections of a server that asked for an upgrade and carry no WebSocket: answered plainly, refused, or still in a hook of the app. Node has
// given them away with the event: neither its timeouts nor `closeAllConnections` know them, and `close` waits for them.
import type { Duplex } from 'node:stream'

/** How long an answer under way may take when the app closes, ms. */
const GRACE = 1000

function destroy (this: Duplex): void { this.destroy() }

/** Those of one server. */
export class UnclaimedConnections {
  readonly #open = new Set<Duplex>()
  readonly #onClose: (this: Duplex) => void
  /** How long those that are open may last, ms; undefined until the app closes. */
  #grace: number | undefined

  constructor () {
    const open = this.#open
    this.#onClose = function onClose () { open.delete(this) }
  }

  add (socket: Duplex): void {
    if (socket.destroyed) return
    this.#open.add(socket)
    socket.on('close', this.#onClose)
    if (this.#grace !== undefined) this.#endAfter(this.#grace, [socket])
  }

  /** Has errors of a connection heard: whoever takes it may not listen at once, and nobody may take it. */
  guard (socket: Duplex): void { socket.on('error', destroy) }

  /** It carries a WebSocket, whose owner closes it. */
  delete (socket: Duplex): void {
    this.#open.delete(socket)
    socket.removeListener('close', this.#onClose)
    socket.removeListener('error', destroy)
  }

  /** The app closes. @param atOnce whether an answer under way is given no time, as with `forceCloseConnections` */
  end (atOnce: boolean): void {
    this.#grace ??= atOnce ? 0 : GRACE
    this.#endAfter(this.#grace, [...this.#open])
  }

  #endAfter (ms: number, sockets: readonly Duplex[]): void {
    const end = (): void => {
      for (const socket of sockets) if (this.#open.has(socket)) socket.destroy()
    }
    if (ms === 0) end()
    else if (sockets.length > 0) setTimeout(end, ms).unref() // connections keep the process going, if there are any
  }
}
