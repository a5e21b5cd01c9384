// The end of a link at the node with the sessions: records of the edge become calls of the local sessions, and calls of the sessions become records.
import type { HeldPoll, HeldStream, PollOwner, PostOwner, SessionHost, SessionRequest, StreamOwner } from '../../../types/cluster.js'
import { ProtocolError } from '../../codec/packet.js'
import { scriptLength } from '../../transports/jsonp-polling.js'
import { WINDOW } from './edge-stream.js'
import type { EdgeRecord, OwnerRecord, Payload } from './records.js'

type OfStream = Extract<EdgeRecord, { stream: number }>
type Of<Type extends OfStream['type']> = OfStream & { readonly type: Type }

/** Another half of a request that waits at the edge. `owner` is undefined until the session has been asked. `credit`: bytes that are delivered, and not reported. */
type Entry =
  | { readonly type: 'check' }
  | { readonly type: 'post', owner: PostOwner | undefined }
  | { readonly type: 'poll', owner: PollOwner | undefined }
  | { readonly type: 'stream', owner: StreamOwner | undefined, undelivered: number, credit: number }

export interface OwnerInit {
  readonly sessions: SessionHost
  readonly send: (record: OwnerRecord) => void
}

/** Delivered bytes are reported when they are so many. The edge needs no report of less: its window is four times as large. */
const CREDIT = WINDOW / 4

/** Size of an answer, bytes. */
const answerSize = (payload: Payload, { isScript }: SessionRequest): number => isScript ? scriptLength(payload) : Buffer.byteLength(payload)

export class LinkOwner {
  readonly #sessions: SessionHost
  readonly #send: (record: OwnerRecord) => void
  readonly #entries = new Map<number, Entry>()
  #isOver = false

  constructor ({ sessions, send }: OwnerInit) {
    this.#sessions = sessions
    this.#send = send
  }

  /** Number of requests, WebSockets and streams that wait at the edge. */
  get size (): number { return this.#entries.size }

  /** Handles a record. @throws ProtocolError when it does not fit its stream */
  receive (record: EdgeRecord): void {
    switch (record.type) {
      case 'hello': case 'proof': throw new ProtocolError(`the record ${record.type} in the middle of a link`)
      case 'end': return this.#sessions.end(record.request)
      case 'check': return this.#check(record)
      case 'poll': return this.#poll(record)
      case 'post': return this.#post(record)
      case 'open': return this.#open(record)
      default: return this.#report(record)
    }
  }

  /** Adds what a stream begins with. @throws ProtocolError when the stream is open */
  #begin <T extends Entry> (stream: number, entry: T): T {
    if (this.#entries.has(stream)) throw new ProtocolError('a stream that begins twice')
    this.#entries.set(stream, entry)
    return entry
  }

  /** Sends a record, unless the stream is over. */
  #sendOf (stream: number, entry: Entry, record: OwnerRecord): void {
    if (this.#entries.get(stream) === entry) this.#send(record)
  }

  /** Sends the last record of a stream, unless it is over. */
  #finish (stream: number, entry: Entry, record: OwnerRecord): void {
    if (this.#entries.get(stream) !== entry) return
    this.#entries.delete(stream)
    this.#send(record)
  }

  #check ({ stream, request }: Of<'check'>): void {
    const entry = this.#begin(stream, { type: 'check' })
    this.#sessions.check(request, (refused) => this.#finish(stream, entry, refused === undefined ? { type: 'accepted', stream } : { type: 'refused', stream, refused }))
  }

  #post ({ stream, request, payload }: Of<'post'>): void {
    const entry = this.#begin<Entry & { type: 'post' }>(stream, { type: 'post', owner: undefined })
    entry.owner = this.#sessions.post(request, payload, (refused) => {
      this.#finish(stream, entry, refused === undefined ? { type: 'accepted', stream } : { type: 'refused', stream, refused })
    })
  }

  #poll ({ stream, request }: Of<'poll'>): void {
    const entry = this.#begin<Entry & { type: 'poll' }>(stream, { type: 'poll', owner: undefined })
    const poll: HeldPoll = {
      send: (payload, isLast = false) => {
        this.#sendOf(stream, entry, { type: 'answer', stream, isLast, payload })
        return answerSize(payload, request)
      },
      destroy: () => this.#sendOf(stream, entry, { type: 'destroy', stream }),
      refuse: (refused) => this.#finish(stream, entry, { type: 'refused', stream, refused })
    }
    entry.owner = this.#sessions.poll(request, poll)
  }

  #open ({ stream, request }: Of<'open'>): void {
    const entry = this.#begin<Entry & { type: 'stream' }>(stream, { type: 'stream', owner: undefined, undelivered: 0, credit: 0 })
    const held: HeldStream = {
      send: (frames) => this.#sendOf(stream, entry, { type: 'frames', stream, frames: [...frames] }),
      close: (farewell, reason) => this.#sendOf(stream, entry, { type: 'close', stream, ...(farewell !== undefined && { farewell }), ...(reason !== undefined && { reason }) }),
      destroy: () => this.#sendOf(stream, entry, { type: 'destroy', stream }),
      refuse: (refused) => this.#finish(stream, entry, { type: 'refused', stream, refused }),
      delivered: (bytes) => {
        entry.undelivered -= bytes
        entry.credit += bytes
        if (entry.credit < CREDIT) return
        this.#sendOf(stream, entry, { type: 'delivered', stream, bytes: entry.credit })
        entry.credit = 0
      }
    }
    entry.owner = this.#sessions.open(request, held)
  }

  #report (record: Of<'settled' | 'release' | 'abandon' | 'frame' | 'sent' | 'closed'>): void {
    const entry = this.#entries.get(record.stream)
    if (entry === undefined) return // it has crossed the record that has ended the stream
    switch (entry.type) {
      case 'poll': return this.#reportPoll(entry, record)
      case 'stream': return this.#reportStream(entry, record)
      case 'post':
        if (record.type !== 'abandon') break
        this.#entries.delete(record.stream)
        return entry.owner?.abandon()
      default:
    }
    throw new ProtocolError(`the record ${record.type} for a ${entry.type}`)
  }

  #reportPoll (entry: Entry & { type: 'poll' }, record: OfStream): void {
    if (record.type === 'release') return entry.owner?.release()
    if (record.type !== 'settled') throw new ProtocolError(`the record ${record.type} for a poll`)
    this.#entries.delete(record.stream)
    entry.owner?.settled(record.isWhole)
  }

  #reportStream (entry: Entry & { type: 'stream' }, record: OfStream): void {
    switch (record.type) {
      case 'frame':
        if (entry.undelivered > WINDOW) throw new ProtocolError('an edge that sends beyond the window')
        entry.undelivered += Buffer.byteLength(record.frame)
        return entry.owner?.frame(record.frame)
      case 'sent': return entry.owner?.sent(record.bytes)
      case 'closed':
        this.#entries.delete(record.stream)
        return entry.owner?.closed(record.reason, record.cause)
      default: throw new ProtocolError(`the record ${record.type} for a stream`)
    }
  }

  /** The link is down: everything that waits at the edge is over. */
  lost (): void {
    if (this.#isOver) return
    this.#isOver = true
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    for (const entry of entries) {
      if (entry.type === 'poll') entry.owner?.settled(false)
      else if (entry.type === 'stream') entry.owner?.closed('connection closed')
      else if (entry.type === 'post') entry.owner?.abandon()
    }
  }
}
