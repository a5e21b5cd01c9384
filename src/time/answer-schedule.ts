// Decides when an HTTP answer is sent. It is the only place that does.
import type { EndOfTurn } from './end-of-turn.js'

/** The answers of one Engine. */
export class AnswerSchedule {
  readonly #endOfTurn: EndOfTurn

  constructor (endOfTurn: EndOfTurn) {
    this.#endOfTurn = endOfTurn
  }

  /**
   * Calls `flush` at the end of the turn of the event loop, so that one answer to a poll contains all frames of that turn. For the first answer of a
   * session, which answers its handshake, calls it at the end of the tick: the test suite of the protocol expects later frames in the next poll.
   */
  collect (flush: () => void, isFirst: boolean): void {
    if (isFirst) process.nextTick(flush)
    else this.#endOfTurn.defer(flush)
  }

  /**
   * Writes an answer together with the other answers of the turn (see {@link EndOfTurn}).
   * @param atOnce for the last answer of a connection, which may be closed next
   */
  write (answer: () => void, atOnce = false): void {
    if (atOnce) answer()
    else this.#endOfTurn.defer(answer)
  }
}
