// What refusals look like (docs/engine-io.md, docs/revision-1.md).
import type { Face } from './withstands.js'

/** What Engine.IO says of what it cannot read, and of a session that nobody knows. */
export const BAD_REQUEST = '{"code":3,"message":"Bad request"}'
export const UNKNOWN_SESSION = '{"code":1,"message":"Session ID unknown"}'

/** How a WebSocket is closed for a packet that is none: we say that it is against the protocol, the official Server says nothing. */
export const CLOSED: Record<Face, number> = { packets: 1002, server: 1005 }
