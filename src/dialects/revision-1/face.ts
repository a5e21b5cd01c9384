// What the face of the official Server is made of. Types only.
import type { LastEncoded } from '../../codec/last-encoded.js'
import type { SocketioCodec } from '../../codec/socketio.js'
import type { DialectSession } from '../../session/dialect.js'

/** Bounds of one session. */
interface FaceLimits {
  readonly maxEndpoints: number
  readonly maxAcks: number
  /** Most that may wait for endpoints to connect; bytes. */
  readonly maxPayload: number
}

/** What the face needs of its dialect. */
export interface FaceDialect {
  /** The next acknowledgement id of the session. */
  nextId (): string
  /** The Server has disconnected the client. */
  disconnect (): void
}

/** What the face does with its session. */
export type FaceSession = Pick<DialectSession, 'deliver' | 'end' | 'enqueue' | 'keep' | 'warn'>

/** What the faces of all sessions of a plugin instance share. */
export interface FaceShared {
  readonly codec: SocketioCodec
  readonly limits: FaceLimits
  readonly last: LastEncoded<string>
  /**
   * Whether the last argument of an event is an offset of the Server's adapter, which adds one to what it could send again. It is
   * for clients that recover; 0.9 would take it for an argument.
   */
  readonly isOffset: (argument: unknown) => boolean
}
