// The contract between a session and its transport. Types and constants only.
import type { EndReason, SessionEnd } from '../../types/reasons.js'
import type { DialectName, TransportName } from '../../types/socket.js'
import type { Frame, PayloadCodec } from '../codec/packet.js'

export type { DialectName, EndReason, SessionEnd, TransportName }

/** One GET of a client that polls. */
export interface Poll {
  /** Answers the GET. `last`: the session has ended. Returns the size of the answer in bytes. */
  send (payload: string | Buffer, last?: boolean): number
  /** Destroys the connection of the GET. */
  destroy (): void
}

/** The additional part of a transport that consists of polls. */
export interface Polls {
  /** Encodes and decodes the payloads of this session. */
  readonly codec: PayloadCodec
  /** Takes a GET, to answer it now or later. */
  accept (poll: Poll): void
  /** Called when a response is over. `whole`: it was handed to the operating system completely; otherwise its connection broke before. */
  responseEnded (poll: Poll, whole: boolean): void
  /** Answers a GET without packets if it still waits, so that its client sends another one. */
  release (poll: Poll): void
  /** Sets whether the client is moving to a WebSocket. Polls are then answered soon, because the client waits for the answer. */
  setUpgrading (upgrading: boolean): void
}

/** Sends and receives frames. A transport of polls outlives its requests: between two polls it exists and is not writable. */
export interface Transport {
  readonly name: TransportName
  /** Whether it is a stream or a WebSocket, not polls. */
  readonly persistent: boolean
  /** Whether the client does not notice the end of the transport, and would use the session until its heartbeat timeout. */
  readonly endsUnnoticed: boolean
  /** Whether the client holds something open: a poll, a stream or a WebSocket. */
  readonly open: boolean
  /** Whether frames can be sent now: the transport is open, and the client reads fast enough. */
  readonly writable: boolean
  /** Whether it may still return frames (`onReturned`). When it no longer may, it calls `onWritable`, even if it has been closed. */
  readonly delivering: boolean
  /** Bytes of frames that have not been handed to the operating system yet. */
  readonly bufferedAmount: number
  /** Bytes of memory that these frames, and an answer made of them, take. */
  readonly unreadBytes: number
  /** Way of the client's packets. `here`: on the transport. `over`: on the transport, which has closed. `posts`: by POSTs. */
  readonly incoming: 'here' | 'over' | 'posts'
  /** Undefined unless the client polls. */
  readonly polls: Polls | undefined
  /** The connection of a WebSocket; undefined for HTTP transports, whose requests may have different connections. */
  readonly connection: object | undefined
  /** Sends frames. Call only while writable, and do not use the array afterwards. */
  send (frames: Frame[]): void
  /**
   * Closes the transport. Sends `farewell` first if the client holds something open, and `reason` if the transport can express it. Afterwards it
   * calls only `onFrame`, for frames that were under way, and `onWritable` when everything has been delivered.
   */
  close (farewell?: Frame, reason?: EndReason): void
  /** Destroys the transport at once. Frames under way are lost. */
  destroy (): void
}

/** The session, as its transport uses it. */
export interface TransportListener {
  /** @param bytes the size of the frame, if it is known */
  onFrame (frame: Frame, bytes?: number): void
  /** Called when a poll is parked, or a stream or WebSocket has opened. */
  onOpen (): void
  /** Called when no poll is parked any more, and the client has to send the next one. */
  onIdle (): void
  onWritable (): void
  /** Puts frames back to the front of the queue: their response broke before it was complete. */
  onReturned (frames: Frame[]): void
  onClose (reason: EndReason, cause?: Error): void
}

/** The transport of a session before its first request. */
export const NO_TRANSPORT: Transport = {
  name: 'xhr-polling',
  persistent: false,
  endsUnnoticed: false,
  open: false,
  writable: false,
  delivering: false,
  bufferedAmount: 0,
  unreadBytes: 0,
  incoming: 'posts',
  polls: undefined,
  connection: undefined,
  send () {},
  close () {},
  destroy () {}
}

/** The listener of a transport without a session. */
export const NO_LISTENER: TransportListener = {
  onFrame () {},
  onOpen () {},
  onIdle () {},
  onWritable () {},
  onReturned () {},
  onClose () {}
}
