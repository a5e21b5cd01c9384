// Both ends of a link in one process: records cross as bytes, in messages of a queue that the test can stop.
import { setImmediate as turn } from 'node:timers/promises'
import { decodeEdge, decodeOwner } from '../../../../src/cluster/link/decode.js'
import { LinkEdge } from '../../../../src/cluster/link/edge.js'
import { MessageReader } from '../../../../src/cluster/link/messages.js'
import { Outgoing } from '../../../../src/cluster/link/outgoing.js'
import { LinkOwner } from '../../../../src/cluster/link/owner.js'
import type { HeldPoll, HeldStream, Refused, SessionHost, SessionRequest, StreamOwner } from '../../../../types/cluster.js'

const MAX = 16 * 1024 * 1024

/** One direction. */
export class Line {
  /** Sizes of the messages that have crossed. */
  readonly sizes: number[] = []
  /** Messages that have not crossed yet: while `isOpen` is false. */
  readonly #kept: { message: Buffer, written: () => void }[] = []
  readonly #deliver: (message: Buffer) => void
  #isOpen = true

  constructor (deliver: (message: Buffer) => void) {
    this.#deliver = deliver
  }

  readonly write = (message: Buffer, written: () => void): void => {
    this.#kept.push({ message, written })
    if (this.#isOpen) this.release()
  }

  hold (): void { this.#isOpen = false }

  release (): void {
    this.#isOpen = true
    for (let next = this.#kept.shift(); next !== undefined; next = this.#kept.shift()) {
      this.sizes.push(next.message.length)
      const { message, written } = next
      setImmediate(() => {
        written()
        this.#deliver(message)
      })
    }
  }
}

export interface Pair {
  readonly edge: LinkEdge
  readonly owner: LinkOwner
  readonly up: Line
  readonly down: Line
  /** Bytes that wait. */
  held: number
  /** How many bytes may wait. */
  room: number
  /** Errors of what was received. */
  readonly errors: unknown[]
  cut (): void
}

export function linkPair (sessions: SessionHost): Pair {
  const errors: unknown[] = []
  const guarded = (receive: (message: Buffer) => void) => (message: Buffer): void => {
    try {
      receive(message)
    } catch (error) {
      errors.push(error)
    }
  }
  const hold = (bytes: number): boolean => (pair.held += bytes) <= pair.room
  const fromEdge = new MessageReader(decodeEdge, () => MAX)
  const fromOwner = new MessageReader(decodeOwner, () => MAX)
  const up = new Line(guarded((message) => { for (const record of fromEdge.read(message)) owner.receive(record) }))
  const down = new Line(guarded((message) => { for (const record of fromOwner.read(message)) edge.receive(record) }))
  const ofEdge = new Outgoing({ write: up.write, hold })
  const ofOwner = new Outgoing({ write: down.write, hold })
  const edge = new LinkEdge({
    tag: 'tag-of-a',
    address: { host: 'a', port: 1 },
    rtt: () => 1,
    onState: () => {},
    send: (record) => ofEdge.send(record),
    offer: (record) => ofEdge.offer(record)
  })
  const owner = new LinkOwner({ sessions, send: (record) => ofOwner.send(record) })
  const pair: Pair = {
    edge,
    owner,
    up,
    down,
    held: 0,
    room: Infinity,
    errors,
    cut () {
      ofEdge.close()
      ofOwner.close()
      edge.lost('cut')
      owner.lost()
    }
  }
  return pair
}

/** Long enough for a call to cross, and its answer. */
export async function crossed (): Promise<void> {
  for (let i = 0; i < 8; i++) await turn()
}

/** What has been called, in words. */
export type Calls = string[]
const show = (value: unknown): string => Buffer.isBuffer(value) ? `<${value.toString('hex')}>` : typeof value === 'string' ? value : JSON.stringify(value)
const call = (name: string, ...args: unknown[]): string => `${name}(${args.filter((arg) => arg !== undefined).map(show).join(', ')})`
const why = ({ reason, detail }: Refused): string => `${reason}: ${detail}`

/** Sessions that note what they are asked. The test answers through `polls`, `streams` and `answers`. */
export class FakeSessions implements SessionHost {
  readonly calls: Calls = []
  readonly polls: HeldPoll[] = []
  readonly streams: HeldStream[] = []
  readonly answers: ((refused?: Refused) => void)[] = []

  check ({ sid }: SessionRequest, answer: (refused?: Refused) => void): void {
    this.calls.push(call('check', sid))
    this.answers.push(answer)
  }

  post ({ sid }: SessionRequest, payload: string | Buffer, answer: (refused?: Refused) => void) {
    this.calls.push(call('post', sid, payload))
    this.answers.push(answer)
    return { abandon: () => { this.calls.push('abandon()') } }
  }

  poll ({ sid }: SessionRequest, poll: HeldPoll) {
    this.calls.push(call('poll', sid))
    this.polls.push(poll)
    return { settled: (isWhole: boolean) => { this.calls.push(call('settled', isWhole)) }, release: () => { this.calls.push('release()') } }
  }

  open ({ sid }: SessionRequest, stream: HeldStream): StreamOwner {
    this.calls.push(call('open', sid))
    this.streams.push(stream)
    return {
      frame: (frame) => { this.calls.push(call('frame', frame)) },
      sent: (bytes) => { this.calls.push(call('sent', bytes)) },
      closed: (reason, cause) => { this.calls.push(call('closed', reason, cause)) }
    }
  }

  end ({ sid }: SessionRequest): void { this.calls.push(call('end', sid)) }
}

export function fakePoll (calls: Calls): HeldPoll {
  return {
    send (payload, isLast) {
      calls.push(call('send', payload, isLast))
      return 0
    },
    destroy: () => { calls.push('destroy()') },
    refuse: (refused) => { calls.push(call('refuse', why(refused))) }
  }
}

export function fakeStream (calls: Calls): HeldStream {
  return {
    send: (frames) => { calls.push(call('send', ...frames)) },
    close: (farewell, reason) => { calls.push(call('close', farewell, reason)) },
    destroy: () => { calls.push('destroy()') },
    refuse: (refused) => { calls.push(call('refuse', why(refused))) },
    delivered: (bytes) => { calls.push(call('delivered', bytes)) }
  }
}

export const answerTo = (calls: Calls) => (refused?: Refused): void => { calls.push(refused === undefined ? 'accepted' : call('refuse', why(refused))) }
