/**
 * Why a session ended, one word for the event, the log line and the metrics.
 *
 * By the client: `client left` (it said goodbye), `connection closed` (its stream or WebSocket is gone, however it went), `connection broken` (its poll
 * broke, or the system reports an error of its WebSocket), `ping timeout` (no answer to heartbeats), `poll timeout` (no further poll within `closeTimeout`), `handshake timeout` (no
 * first request within `handshakeTimeout`).
 * For what it did: `parse error` (a packet that is none), `payload too large` (a message above `maxPayload`), `too many packets`
 * (above `maxPacketsPerSecond`), `protocol violation` (two polls at a time, a broken WebSocket frame, …), `slow client` (more waited for it than
 * `maxQueueBytes` or `maxTotalQueueBytes` allow).
 * By this side: `closed by server` (the application), `server closing`, `server draining`.
 */
export type EndReason =
  | 'client left' | 'connection closed' | 'connection broken' | 'ping timeout' | 'poll timeout' | 'handshake timeout'
  | 'parse error' | 'payload too large' | 'too many packets' | 'protocol violation' | 'slow client'
  | 'closed by server' | 'server closing' | 'server draining'

/** How a session ended: what 'close' listeners are told besides engine.io's word, and 'disconnect' listeners of the official Server. */
export interface SessionEnd {
  readonly reason: EndReason
  /** What went wrong, where something did; its message says more. */
  readonly cause?: Error
}

/** Why a request was refused, one word for the event, the log line and the metrics. The client is told in the words of its dialect. */
export type RefusalReason =
  | 'origin refused' | 'unauthorized' | 'authorize failed' | 'handshake timeout'
  | 'too many sessions' | 'too many sessions of address' | 'server draining' | 'server closing'
  | 'unsupported version' | 'protocol mismatch' | 'unknown transport' | 'transport mismatch' | 'not an upgrade' | 'bad handshake method'
  | 'unknown session' | 'bad request' | 'parse error' | 'protocol violation'
  | 'payload too large' | 'too many packets' | 'body timeout'

/** What has happened since the start, and what waits now. */
export interface Metrics {
  /** Sessions opened by a handshake. */
  readonly opened: number
  /** Sessions ended, by reason; reasons that have not occurred are left out. */
  readonly ended: Readonly<Partial<Record<EndReason, number>>>
  /** Requests refused, by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>
  /** Volatile packets dropped: nothing was open, or the client was slow. */
  readonly dropped: number
  /**
   * What is held for all clients at present, bytes of memory; see `maxTotalQueueBytes`, which bounds it but for ordinary answers that are under way.
   */
  readonly queuedBytes: number
}
