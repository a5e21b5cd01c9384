// A WebSocket or stream that is open at the edge, as the owner uses it.
import type { HeldStream, Refused, StreamOwner } from '../../../types/cluster.js'
import type { EndReason } from '../../../types/reasons.js'
import { ProtocolError } from '../../codec/packet.js'
import { WINDOW } from './edge-stream.js'
import { Half } from './owner-waiting.js'
import type { Report } from './owner-waiting.js'
import type { Payload } from './records.js'

/** Delivered bytes are reported when they are so many. The edge needs no report of less: its window is four times as large. */
const CREDIT = WINDOW / 4

export class RemoteStream extends Half<StreamOwner> implements HeldStream {
  #undelivered = 0
  /** Bytes that are delivered, and not reported. */
  #credit = 0

  send (frames: readonly Payload[]): void { this.tell({ type: 'frames', stream: this.stream, frames: [...frames] }) }

  close (farewell?: Payload, reason?: EndReason): void {
    this.tell({ type: 'close', stream: this.stream, ...(farewell !== undefined && { farewell }), ...(reason !== undefined && { reason }) })
  }

  destroy (): void { this.tell({ type: 'destroy', stream: this.stream }) }
  refuse (refused: Refused): void { this.finish({ type: 'refused', stream: this.stream, refused }) }

  delivered (bytes: number): void {
    this.#undelivered -= bytes
    this.#credit += bytes
    if (this.#credit < CREDIT) return
    this.tell({ type: 'delivered', stream: this.stream, bytes: this.#credit })
    this.#credit = 0
  }

  report (record: Report): void {
    switch (record.type) {
      case 'frame':
        if (this.#undelivered > WINDOW) throw new ProtocolError('an edge that sends beyond the window')
        this.#undelivered += Buffer.byteLength(record.frame)
        return this.owner?.frame(record.frame)
      case 'sent': return this.owner?.sent(record.bytes)
      case 'closed': return this.end()?.closed(record.reason, record.cause)
      default: throw new ProtocolError(`the record ${record.type} for a stream`)
    }
  }

  lost (): void { this.end()?.closed('connection closed') }
}
