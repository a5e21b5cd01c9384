// Who is told 'drain' for what has left at once. engine.io says it with each flush, and a listener of the turn in which that was hears of it.

/** A session, as one that sends. */
interface Flushing {
  /** The turn is over in which something has left at once. */
  flushed (): void
}

/** The sessions of one Engine that have sent something in this turn of the event loop. */
export class Flushes {
  #sockets: Flushing[] = []

  /** Call once a turn for each. */
  add (socket: Flushing): void {
    if (this.#sockets.push(socket) === 1) setImmediate(this.#tell)
  }

  readonly #tell = (): void => {
    const sockets = this.#sockets
    this.#sockets = []
    for (const socket of sockets) socket.flushed()
  }
}
