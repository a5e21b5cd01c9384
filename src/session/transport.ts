// The contract between a session and what carries its frames; no transport is known here.
import type { EndReason, SessionEnd } from '../../types/reasons.js'
import type { DialectName, TransportName } from '../../types/socket.js'
import type { Frame, PayloadCodec } from '../codec/packet.js'

export type { DialectName, EndReason, SessionEnd, TransportName }

/** One GET of a client that polls. */
export interface Poll {
  /** Answers it. `last`: the session is over with this answer. Returns how many bytes the answer takes as it is written. */
  send (payload: string | Buffer, last?: boolean): number
  /** Breaks the connection that carries it. */
  destroy (): void
}

/** How requests reach a transport that is made of them. */
export interface Polls {
  /** Packs and unpacks the payloads of this session. */
  readonly codec: PayloadCodec
  /** A GET has come. */
  accept (poll: Poll): void
  /** The response to a GET is over: it was handed over whole, or it broke before. */
  responseEnded (poll: Poll, whole: boolean): void
  /** Whether the client is about to move to a WebSocket: polls must not hold it up. */
  setUpgrading (upgrading: boolean): void
}

/** Moves frames. It outlives its requests: between two polls it exists and is not writable. */
export interface Transport {
  readonly name: TransportName
  /** Whether heartbeats run: a stream or a WebSocket, as opposed to polls. */
  readonly persistent: boolean
  /** Whether the client does not notice its end, and would go on for the time of a lost heartbeat. */
  readonly endsUnnoticed: boolean
  /** Whether the client holds something open. */
  readonly open: boolean
  /** Whether frames given now leave at once: open, and not backed up. */
  readonly writable: boolean
  /** Whether it may still return what it was given. Afterwards it says `onWritable`, closed or not. */
  readonly delivering: boolean
  /** Bytes taken and not yet handed to the operating system. */
  readonly bufferedAmount: number
  /** What that takes of memory; bytes. */
  readonly unreadBytes: number
  /** Where what the client says comes: on it, as long as it lasts, or by POSTs. */
  readonly incoming: 'here' | 'over' | 'posts'
  /** Undefined unless the client polls. */
  readonly polls: Polls | undefined
  /** The connection that carries it as long as it lasts; undefined where each request may have another one. */
  readonly connection: object | undefined
  /** Hands frames over. Call only while writable; the array is the transport's from then on. */
  send (frames: Frame[]): void
  /**
   * Ends politely, with a last frame when there is one to say and a way to say it, and with the reason where the transport has words for it. The
   * listener hears no more, save frames that were on their way, and `onWritable` when it is over.
   */
  close (farewell?: Frame, reason?: EndReason): void
  /** Ends at once, whatever is under way. */
  destroy (): void
}

/** Who a transport reports to. */
export interface TransportListener {
  onFrame (frame: Frame): void
  /** A request is held, or a stream or WebSocket has opened. */
  onOpen (): void
  /** Nothing is held any more; the client is expected back. */
  onIdle (): void
  onWritable (): void
  /** These frames did not reach the client whole; they go first again. */
  onReturned (frames: Frame[]): void
  onClose (reason: EndReason, cause?: Error): void
}

/** Before a session's first transport request. */
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

/** For a transport without a session: nobody is told. */
export const NO_LISTENER: TransportListener = {
  onFrame () {},
  onOpen () {},
  onIdle () {},
  onWritable () {},
  onReturned () {},
  onClose () {}
}
