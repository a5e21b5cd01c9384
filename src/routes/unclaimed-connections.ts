// Connections with a request for an upgrade that carry no WebSocket: the request is answered plainly, is refused, or waits for a hook of the app. Node has
// handed these connections over with the event 'upgrade': its timeouts and `closeAllConnections` ignore them, but `close` waits for them.
import type { Duplex } from 'node:stream'

/** How long an answer may still take when the app closes, ms. */
const GRACE = 1000

function destroy (this: Duplex): void { this.destroy() }

/** The unclaimed connections of one server. */
export class UnclaimedConnections {
  readonly #open = new Set<Duplex>()
  readonly #onClose: (this: Duplex) => void
  /** How long connections may stay open, ms; undefined until the app closes. */
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

  /** Adds a listener for errors of a connection, without which an error would end the process. Other listeners may be added late or never. */
  guard (socket: Duplex): void { socket.on('error', destroy) }

  /** Removes a connection that carries a WebSocket now. The owner of the WebSocket closes it. */
  delete (socket: Duplex): void {
    this.#open.delete(socket)
    socket.removeListener('close', this.#onClose)
    socket.removeListener('error', destroy)
  }

  /** Ends the connections when the app closes. @param atOnce whether to end them without the grace period, as with `forceCloseConnections` */
  end (atOnce: boolean): void {
    this.#grace ??= atOnce ? 0 : GRACE
    this.#endAfter(this.#grace, [...this.#open])
  }

  #endAfter (ms: number, sockets: readonly Duplex[]): void {
    const end = (): void => {
      for (const socket of sockets) if (this.#open.has(socket)) socket.destroy()
    }
    if (ms === 0) end()
    else if (sockets.length > 0) setTimeout(end, ms).unref() // open connections keep the process alive without the timer
  }
}
