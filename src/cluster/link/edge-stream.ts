// A WebSocket or stream that is open at the edge: keeps to the window in one direction, and checks that the owner does in the other.
import type { HeldStream, Refused, StreamOwner } from '../../../types/cluster.js'
import type { EndReason } from '../../../types/reasons.js'
import { ProtocolError } from '../../codec/packet.js'
import type { OwnerRecord, Payload } from './records.js'

/** Bytes of one direction of a stream that may be under way. When fewer are, one more frame (of an owner: one more call of `send`) may follow. */
export const WINDOW = 64 * 1024

type StreamRecord = { readonly type: 'frame', readonly frame: Payload } | { readonly type: 'sent', readonly bytes: number }

export interface EdgeStreamInit {
  readonly held: HeldStream
  readonly send: (record: StreamRecord) => void
  /** Ends the stream. */
  readonly over: (reason: EndReason, cause?: string) => void
}

/** Both halves of a stream at the edge: the holder calls the methods of {@link StreamOwner}, the link calls {@link receive}. */
export class EdgeStream implements StreamOwner {
  readonly #init: EdgeStreamInit
  /** Frames beyond the window: the holder had them already when it stopped reading. */
  readonly #frames: Payload[] = []
  #undelivered = 0
  /** Bytes of the owner that have not been handed to the operating system. */
  #unsent = 0
  #closing: { readonly reason: EndReason, readonly cause?: string | undefined } | undefined
  /** Whether the owner has closed or destroyed it, or has refused it. */
  #isEnded = false

  constructor (init: EdgeStreamInit) {
    this.#init = init
  }

  // ---- of the holder

  frame (frame: Payload): void {
    if (this.#closing !== undefined) return
    if (this.#undelivered > WINDOW) this.#frames.push(frame)
    else this.#sendFrame(frame)
  }

  #sendFrame (frame: Payload): void {
    this.#undelivered += Buffer.byteLength(frame)
    this.#init.send({ type: 'frame', frame })
  }

  sent (bytes: number): void {
    this.#unsent = Math.max(this.#unsent - bytes, 0)
    this.#init.send({ type: 'sent', bytes })
  }

  /** Frames that wait are delivered first, unless the owner has ended the stream. */
  closed (reason: EndReason, cause?: string): void {
    if (this.#closing !== undefined) return
    this.#closing = { reason, cause }
    if (this.#frames.length === 0 || this.#isEnded) this.#init.over(reason, cause)
  }

  // ---- of the link

  /** @throws ProtocolError when the record does not belong to a stream, or the owner does not keep to the window */
  receive (record: OwnerRecord): void {
    const { held } = this.#init
    switch (record.type) {
      case 'frames': return this.#send(record.frames)
      case 'delivered': return this.#delivered(record.bytes)
      case 'close':
        this.#end()
        return held.close(record.farewell, record.reason)
      case 'destroy':
        this.#end()
        return held.destroy()
      default: throw new ProtocolError(`the record ${record.type} for a stream`)
    }
  }

  #send (frames: readonly Payload[]): void {
    if (this.#unsent > WINDOW) throw new ProtocolError('an owner that sends beyond the window')
    for (const frame of frames) this.#unsent += Buffer.byteLength(frame)
    this.#init.held.send(frames)
  }

  #delivered (bytes: number): void {
    if (bytes > this.#undelivered) throw new ProtocolError('more bytes delivered than were sent')
    this.#undelivered -= bytes
    while (this.#undelivered <= WINDOW) {
      const frame = this.#frames.shift()
      if (frame === undefined) break
      this.#sendFrame(frame)
    }
    if (this.#closing === undefined) this.#init.held.delivered(bytes)
    else if (this.#frames.length === 0) this.#init.over(this.#closing.reason, this.#closing.cause)
  }

  #end (): void {
    this.#isEnded = true
    if (this.#closing !== undefined) this.#init.over(this.#closing.reason, this.#closing.cause)
  }

  /** Refuses it, unless the owner has closed or destroyed it. */
  refuse (refused: Refused): void {
    if (this.#isEnded || this.#closing !== undefined) return
    this.#isEnded = true
    this.#init.held.refuse(refused)
  }
}
