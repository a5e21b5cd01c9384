// Decides when an HTTP answer leaves. Nothing else decides it.
import type { EndOfTurn } from './end-of-turn.js'

/** The answers of one Engine. */
export class AnswerSchedule {
  readonly #endOfTurn: EndOfTurn

  constructor (endOfTurn: EndOfTurn) {
    this.#endOfTurn = endOfTurn
  }

  /**
   * Calls `flush` when the frames for a poll have been collected: at the end of the turn of the event loop, so that one answer carries all frames of that
   * turn. The first answer of a session, which answers its handshake, waits for the end of the tick only: the protocol's test suite expects later frames
   * in the next poll.
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
