// The types of what the Server's face is given.
import type { LastEncoded } from '../../codec/last-encoded.js'
import type { SocketioCodec } from '../../codec/socketio.js'
import type { DialectSession } from '../../session/dialect.js'

/** Limits of one session. */
interface FaceLimits {
  readonly maxEndpoints: number
  readonly maxAcks: number
  /** Memory of packets that may wait for endpoints to connect; bytes. */
  readonly maxPayload: number
}

/** What the face needs of its dialect. */
export interface FaceDialect {
  /** The next acknowledgement id of the session. */
  nextId (): string
  /** Ends the session: the Server has disconnected the client. */
  disconnect (): void
}

/** The part of a session that the face uses. */
export type FaceSession = Pick<DialectSession, 'deliver' | 'end' | 'enqueue' | 'keep' | 'warn'>

/** What the faces of all sessions of a plugin instance share. */
export interface FaceShared {
  readonly codec: SocketioCodec
  readonly limits: FaceLimits
  readonly last: LastEncoded<string>
  /**
   * Returns whether an argument is an offset of the Server's adapter, which appends one to each event that it could send again. Offsets are for clients
   * with connection state recovery. A 0.9 client would read it as an argument.
   */
  readonly isOffset: (argument: unknown) => boolean
}
