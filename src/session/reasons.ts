// The table that gives engine.io's reason for each reason of the plugin. Pure.
import type { CloseReason } from '../../types/socket.js'
import type { EndReason } from './transport.js'

/** Ends that the client has caused. It may have sent packets immediately before, which are delivered first. */
export const CLIENT_ENDS: ReadonlySet<EndReason> = new Set(['client left', 'connection closed', 'connection broken', 'parse error', 'payload too large', 'protocol violation'])

/**
 * Ends by a limit or a broken rule. Their log lines are warnings, as those of refused requests: the client connects again, and in most cases does the same
 * again (docs/refusals.md, Sessions that end).
 */
export const WARNED_ENDS: ReadonlySet<EndReason> = new Set(['parse error', 'payload too large', 'too many packets', 'protocol violation', 'slow client'])

/** The reasons of 'close' for the official Server. */
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

/** Whether a reason is one of the reasons for the end of a session. */
export const isEndReason = (reason: string): reason is EndReason => Object.hasOwn(CLOSE_REASONS, reason)
