// The contract between a Socket and what carries its frames; no transport is known here.
import type { EndReason } from '../../types/reasons.js'
import type { DialectName, TransportName } from '../../types/socket.js'
import type { Frame } from '../codec/packet.js'

export type { DialectName, EndReason, TransportName }

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
