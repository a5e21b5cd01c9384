// Emits 'drain' for packets that left at once, at the end of the turn of the event loop. engine.io emits it with each flush. A listener that was added behind
// the packet, in the same turn, hears it here.

/** A session that sends. */
interface Flushing {
  /** The turn is over in which something has left at once. */
  flushed (): void
}

/** The sessions of one Engine that have sent something in this turn. */
export class Flushes {
  #sockets: Flushing[] = []

  /** Call once a turn for each session. */
  add (socket: Flushing): void {
    if (this.#sockets.push(socket) === 1) setImmediate(this.#endOfTurn)
  }

  readonly #endOfTurn = (): void => {
    const sockets = this.#sockets
    this.#sockets = []
    for (const socket of sockets) socket.flushed()
  }
}
