// What all sessions of one version of Engine.IO share: options, and what is made of them once, because there are very many sessions.
import type { ParserModule } from '../../../types/options.js'
import type { DialectName } from '../../../types/socket.js'
import { TYPE } from '../../codec/engine-io.js'
import type { EngineVersion } from '../../codec/engine-io.js'
import type { LastEncoded } from '../../codec/last-encoded.js'
import type { Frame } from '../../codec/packet.js'
import type { ShapeLimits } from '../../codec/shape.js'
import type { Heartbeat } from '../../session/dialect.js'

/** The options of a version. */
export interface EngineIoShared extends ShapeLimits {
  readonly version: EngineVersion
  /** ms */
  readonly pingInterval: number
  /** ms */
  readonly pingTimeout: number
  /** bytes */
  readonly maxPayload: number
  /** of one packet */
  readonly maxAttachments: number
  /** Endpoints of one session on the official Server, without the default one. */
  readonly maxEndpoints: number
  readonly parser: ParserModule | undefined
  /** Whether the parser writes MessagePack. */
  readonly isMessagePack: boolean
  /** Whether messages are packets of Socket.IO. That is certain only if the plugin has the option `io` or `parser`. */
  readonly isSocketio: boolean
  readonly last: LastEncoded<Frame>
}

/** In Engine.IO 4 the server sends pings. In 3 the client sends them, and the session ends when none comes. */
const toHeartbeat = ({ version, pingInterval, pingTimeout }: EngineIoShared): Heartbeat => version === 4
  ? { frame: TYPE.ping, interval: pingInterval, timeout: pingTimeout, onPolls: true }
  : { frame: undefined, interval: pingInterval + pingTimeout, timeout: pingTimeout, onPolls: true }

/** What is made of them. */
export interface Common {
  readonly name: DialectName
  readonly heartbeat: Heartbeat
  /** The options in the open packet, as JSON without the bracket at its beginning. */
  readonly options: string
}

const commons = new WeakMap<EngineIoShared, Common>()

/** Returns one object for all sessions of a version. */
export function commonOf (shared: EngineIoShared): Common {
  let common = commons.get(shared)
  if (common === undefined) {
    const { version, pingInterval, pingTimeout, maxPayload } = shared
    common = { name: `engine ${version}`, heartbeat: toHeartbeat(shared), options: JSON.stringify({ pingInterval, pingTimeout, maxPayload }).slice(1) }
    commons.set(shared, common)
  }
  return common
}
