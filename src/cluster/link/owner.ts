// The end of a link at the node with the sessions: records of the edge become calls of the local sessions, and calls of the sessions become records.
import type { SessionHost } from '../../../types/cluster.js'
import { ProtocolError } from '../../codec/packet.js'
import { RemoteCall, RemotePoll } from './owner-waiting.js'
import type { Remote, RemoteLink } from './owner-waiting.js'
import type { EdgeRecord, OwnerRecord } from './records.js'
import { RemoteStream } from './remote-stream.js'

type Of<Type extends EdgeRecord['type']> = EdgeRecord & { readonly type: Type }

export interface OwnerInit {
  readonly sessions: SessionHost
  readonly send: (record: OwnerRecord) => void
}

export class LinkOwner {
  readonly #sessions: SessionHost
  readonly #link: RemoteLink
  readonly #waiting = new Map<number, Remote>()
  #isOver = false

  constructor ({ sessions, send }: OwnerInit) {
    this.#sessions = sessions
    this.#link = { send, over: (stream) => { this.#waiting.delete(stream) } }
  }

  /** Number of requests, WebSockets and streams that wait at the edge. */
  get size (): number { return this.#waiting.size }

  /** Handles a record. @throws ProtocolError when it does not fit its stream */
  receive (record: EdgeRecord): void {
    switch (record.type) {
      case 'hello': case 'proof': throw new ProtocolError(`the record ${record.type} in the middle of a link`)
      case 'end': return this.#sessions.end(record.request)
      case 'check': return this.#check(record)
      case 'poll': return this.#poll(record)
      case 'post': return this.#post(record)
      case 'open': return this.#open(record)
      default: return this.#waiting.get(record.stream)?.report(record) // undefined: it has crossed the record that has ended the stream
    }
  }

  /** Adds what a stream begins with. @throws ProtocolError when the stream is open */
  #begin <T extends Remote> (stream: number, remote: T): T {
    if (this.#waiting.has(stream)) throw new ProtocolError('a stream that begins twice')
    this.#waiting.set(stream, remote)
    return remote
  }

  #check ({ stream, request }: Of<'check'>): void {
    const call = this.#begin(stream, new RemoteCall(this.#link, stream, 'check'))
    this.#sessions.check(request, (refused) => call.answer(refused))
  }

  #post ({ stream, request, payload }: Of<'post'>): void {
    const call = this.#begin(stream, new RemoteCall(this.#link, stream, 'post'))
    call.begun(this.#sessions.post(request, payload, (refused) => call.answer(refused)))
  }

  #poll ({ stream, request }: Of<'poll'>): void {
    const poll = this.#begin(stream, new RemotePoll(this.#link, stream, request.isScript))
    poll.begun(this.#sessions.poll(request, poll))
  }

  #open ({ stream, request }: Of<'open'>): void {
    const remote = this.#begin(stream, new RemoteStream(this.#link, stream))
    remote.begun(this.#sessions.open(request, remote))
  }

  /** The link is down: everything that waits at the edge is over. */
  lost (): void {
    if (this.#isOver) return
    this.#isOver = true
    for (const remote of [...this.#waiting.values()]) remote.lost()
  }
}
