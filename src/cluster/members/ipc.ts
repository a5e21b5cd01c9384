// Workers of node:cluster find each other by messages, which their primary passes on.
import process from 'node:process'
import type { Cancel } from '../clock.js'
import type { LinkAddress } from '../link/types.js'
import { readMembers, wrap } from './ipc-messages.js'
import type { ToPrimary } from './ipc-messages.js'
import { makePlace, removePlace, removeStalePlaces } from './ipc-place.js'
import type { Members, MembersInit } from './types.js'

/** How long `start` waits for the primary, ms. */
const PATIENCE = 1000
/** How often a worker joins until the primary answers, and when it first warns, ms. */
const RETRY_EVERY = 3000

const NO_PRIMARY = 'the primary of node:cluster does not pass on the addresses of its workers: call setupPrimary() of "fastify-socketio-transports/cluster" in it, before cluster.fork(); until then this worker has its own sessions only'

/** The channel to the primary. */
export interface Channel {
  readonly isOpen: boolean
  send (message: object): void
  /** Listens to all messages of the primary. Returns how to cease. */
  listen (onMessage: (message: unknown) => void): Cancel
}

const processChannel: Channel = {
  get isOpen () { return process.connected },
  send (message) { if (process.connected) process.send?.(message, undefined, undefined, () => {}) },
  listen (onMessage) {
    process.on('message', onMessage)
    return () => { process.removeListener('message', onMessage) }
  }
}

export class IpcMembers implements Members {
  readonly #channel: Channel
  #path = ''
  #tag = ''
  #isAnswered = false
  #cancels: Cancel[] = []

  constructor (channel = processChannel) {
    this.#channel = channel
  }

  get isCurrent (): boolean { return this.#isAnswered && this.#channel.isOpen }

  place (): LinkAddress {
    this.#path = makePlace()
    const remove = (): void => removePlace(this.#path)
    process.once('exit', remove)
    this.#cancels.push(() => {
      process.removeListener('exit', remove)
      remove()
    })
    return { path: this.#path }
  }

  async start ({ clock, log, onMembers, self }: MembersInit): Promise<void> {
    this.#tag = self.tag
    await removeStalePlaces()
    let hasWarned = false
    await new Promise<void>((resolve) => {
      const cancelRetry = clock.every(RETRY_EVERY, () => {
        if (!hasWarned) log.warn(NO_PRIMARY)
        hasWarned = true
        this.#tell('join')
      })
      const cancelListener = this.#channel.listen((message) => {
        const members = readMembers(message)
        if (members === undefined) return
        this.#isAnswered = true
        cancelRetry()
        onMembers(members.map(({ tag, path }) => ({ tag, address: { path } })))
        resolve()
      })
      this.#cancels.push(clock.after(PATIENCE, resolve), cancelRetry, cancelListener, resolve)
      this.#tell('join')
    })
  }

  announce (): void {}

  async stop (): Promise<void> {
    this.#tell('leave')
    for (const cancel of this.#cancels) cancel()
    this.#cancels = []
    this.#isAnswered = false
  }

  #tell (type: ToPrimary['type']): void {
    if (this.#tag !== '') this.#channel.send(wrap({ type, tag: this.#tag, path: this.#path }))
  }
}
