// Why WebSockets end: close codes for the client, and errors of the library as reasons of a session.
import type { EndReason } from '../session/transport.js'

/** The close codes of RFC 6455, 7.4.1, for ends that the client may want to know the reason of. */
export const CLOSE_CODES: Partial<Record<EndReason, number>> = {
  'server closing': 1001,
  'server draining': 1001,
  'parse error': 1002,
  'protocol violation': 1002,
  'too many packets': 1008,
  'payload too large': 1009
}

/** What the library calls messages that are larger than they may be. */
const TOO_LARGE = new Set(['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'WS_ERR_TOO_MANY_BUFFERED_PARTS'])

/** Whether it is what a peer has done to its frames: errors of the library, or of the inflation in it. */
export const isFrameError = (error: unknown): boolean => /^(?:WS_ERR|Z)_/.test(String(Object(error).code))

/** Why the session of a WebSocket ends that has failed with this error, or has closed without one. */
export function reasonOf (error: Error | undefined): EndReason {
  if (error === undefined) return 'connection closed'
  if (!isFrameError(error)) return 'connection broken'
  return TOO_LARGE.has(String(Object(error).code)) ? 'payload too large' : 'protocol violation'
}
