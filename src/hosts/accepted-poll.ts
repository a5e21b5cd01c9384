// A poll that the transport of a session has accepted, as the node where it waits uses it.
import type { HeldPoll, PollOwner } from '../../types/cluster.js'
import type { Polls } from '../session/transport.js'

/** The owner of polls that are over: they have been refused. */
export const NO_OWNER: PollOwner = { settled () {}, release () {} }

export class AcceptedPoll implements PollOwner {
  readonly #polls: Polls
  readonly #poll: HeldPoll

  /** Hands the poll to the transport. */
  constructor (polls: Polls, poll: HeldPoll) {
    this.#polls = polls
    this.#poll = poll
    polls.accept(poll)
  }

  settled (isWhole: boolean): void { this.#polls.responseEnded(this.#poll, isWhole) }
  release (): void { this.#polls.release(this.#poll) }
}
