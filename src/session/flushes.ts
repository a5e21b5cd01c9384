// Emits 'drain' for frames that were sent without waiting, as engine.io does with each flush. It is emitted at the end of the turn of the event loop, so
// that a listener is called even if the application adds it after it has sent the packet.

interface Flushing {
  /** Called at the end of a turn in which frames were sent without waiting. */
  flushed (): void
}

/** The sessions of one Engine that have sent frames without waiting in this turn. */
export class Flushes {
  #sockets: Flushing[] = []

  /** Adds a session. Call at most once a turn for each session. */
  add (socket: Flushing): void {
    if (this.#sockets.push(socket) === 1) setImmediate(this.#endOfTurn)
  }

  readonly #endOfTurn = (): void => {
    const sockets = this.#sockets
    this.#sockets = []
    for (const socket of sockets) socket.flushed()
  }
}
