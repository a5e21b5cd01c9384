// Reasons for the end of a WebSocket: close codes for the client, and the reasons of a session for errors of ws.
import type { EndReason } from '../session/transport.js'

/** The close codes (RFC 6455, 7.4.1) for reasons that the client can use. */
export const CLOSE_CODES: Partial<Record<EndReason, number>> = {
  'server closing': 1001,
  'server draining': 1001,
  'parse error': 1002,
  'protocol violation': 1002,
  'too many packets': 1008,
  'payload too large': 1009
}

/** The error codes of ws for messages that exceed maxPayload. */
const TOO_LARGE = new Set(['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'WS_ERR_TOO_MANY_BUFFERED_PARTS'])

/** Returns whether invalid frames of the client caused the error: errors of ws, or of the zlib that it uses. */
export const isFrameError = (error: unknown): boolean => /^(?:WS_ERR|Z)_/.test(String(Object(error).code))

/** Returns why the session ends when its WebSocket closes after this error, or without one. */
export function reasonOf (error: Error | undefined): EndReason {
  if (error === undefined) return 'connection closed'
  if (!isFrameError(error)) return 'connection broken'
  return TOO_LARGE.has(String(Object(error).code)) ? 'payload too large' : 'protocol violation'
}
