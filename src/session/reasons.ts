// The one table of how a session may end, and engine.io's five words for it. Pure.
import type { CloseReason } from '../../types/socket.js'
import type { EndReason } from './transport.js'

/** Ends that come of what the client does or sends: it may have said something right before. */
export const CLIENT_ENDS: ReadonlySet<EndReason> = new Set(['client left', 'connection closed', 'connection broken', 'parse error', 'payload too large', 'protocol violation'])

/** What the official Server is told. */
export const CLOSE_REASONS: Readonly<Record<EndReason, CloseReason>> = {
  'client left': 'transport close',
  'connection closed': 'transport close',
  'connection broken': 'transport error',
  'ping timeout': 'ping timeout',
  'poll timeout': 'ping timeout',
  'handshake timeout': 'ping timeout',
  'parse error': 'parse error',
  'payload too large': 'transport error',
  'too many packets': 'transport error',
  'protocol violation': 'transport error',
  'slow client': 'transport error',
  'closed by server': 'forced close',
  'server closing': 'forced close',
  'server draining': 'forced close'
}
