// A WebSocket or stream that is open at the edge, as the owner uses it.
import type { HeldStream, Refused, StreamOwner } from '../../../types/cluster.js'
import type { EndReason } from '../../../types/reasons.js'
import { ProtocolError } from '../../codec/packet.js'
import { WINDOW } from './edge-stream.js'
import type { Remote, RemoteLink, Report } from './owner-waiting.js'
import type { OwnerRecord, Payload } from './records.js'

/** Delivered bytes are reported when they are so many. The edge needs no report of less: its window is four times as large. */
const CREDIT = WINDOW / 4

export class RemoteStream implements Remote, HeldStream {
  readonly #link: RemoteLink
  readonly #stream: number
  #isOver = false
  #undelivered = 0
  /** Bytes that are delivered, and not reported. */
  #credit = 0
  /** Undefined until the session has been asked. */
  #owner: StreamOwner | undefined

  constructor (link: RemoteLink, stream: number) {
    this.#link = link
    this.#stream = stream
  }

  /** Sets what the session has answered with. */
  begun (owner: StreamOwner): void { this.#owner = owner }

  #send (record: OwnerRecord): void { if (!this.#isOver) this.#link.send(record) }

  send (frames: readonly Payload[]): void { this.#send({ type: 'frames', stream: this.#stream, frames: [...frames] }) }

  close (farewell?: Payload, reason?: EndReason): void {
    this.#send({ type: 'close', stream: this.#stream, ...(farewell !== undefined && { farewell }), ...(reason !== undefined && { reason }) })
  }

  destroy (): void { this.#send({ type: 'destroy', stream: this.#stream }) }

  refuse (refused: Refused): void {
    this.#send({ type: 'refused', stream: this.#stream, refused })
    this.#end()
  }

  delivered (bytes: number): void {
    this.#undelivered -= bytes
    this.#credit += bytes
    if (this.#credit < CREDIT) return
    this.#send({ type: 'delivered', stream: this.#stream, bytes: this.#credit })
    this.#credit = 0
  }

  report (record: Report): void {
    switch (record.type) {
      case 'frame':
        if (this.#undelivered > WINDOW) throw new ProtocolError('an edge that sends beyond the window')
        this.#undelivered += Buffer.byteLength(record.frame)
        return this.#owner?.frame(record.frame)
      case 'sent': return this.#owner?.sent(record.bytes)
      case 'closed':
        this.#end()
        return this.#owner?.closed(record.reason, record.cause)
      default: throw new ProtocolError(`the record ${record.type} for a stream`)
    }
  }

  #end (): void {
    this.#isOver = true
    this.#link.over(this.#stream)
  }

  lost (): void {
    this.#end()
    this.#owner?.closed('connection closed')
  }
}
