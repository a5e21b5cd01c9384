/**
 * Why a session ended. The event, the log line and the metrics use the same word.
 *
 * The client left or vanished:
 * - `client left`: it disconnected by a packet or request.
 * - `connection closed`: its stream or WebSocket was closed or has broken.
 * - `connection broken`: its poll broke, or the system reported an error of its WebSocket.
 * - `ping timeout`: it did not answer a heartbeat (Engine.IO 3: it sent no ping).
 * - `poll timeout`: no further poll within `closeTimeout`.
 * - `handshake timeout`: no first request within `handshakeTimeout`.
 *
 * The client did something that is not allowed:
 * - `parse error`: it sent a packet that cannot be parsed.
 * - `payload too large`: it sent a message above `maxPayload`.
 * - `too many packets`: it sent more than `maxPacketsPerSecond`.
 * - `protocol violation`: two polls at a time, an invalid WebSocket frame, and so on.
 * - `slow client`: more bytes waited for it than `maxQueueBytes` or `maxTotalQueueBytes` allow.
 *
 * The server ended it: `closed by server` (the application did), `server closing`, `server draining`.
 */
export type EndReason =
  | 'client left' | 'connection closed' | 'connection broken' | 'ping timeout' | 'poll timeout' | 'handshake timeout'
  | 'parse error' | 'payload too large' | 'too many packets' | 'protocol violation' | 'slow client'
  | 'closed by server' | 'server closing' | 'server draining'

/** How a session ended: the second argument of the event 'close', and of 'disconnect' on the official Server. */
export interface SessionEnd {
  readonly reason: EndReason
  /** The error, if there was one; its message has details. */
  readonly cause?: Error
}

/**
 * Why a request was refused. The event, the log line and the metrics use the same word. The client gets the error of its dialect.
 *
 * Of several nodes (the option `cluster`): `node lost`: the node with the session ended, or fell silent, while the request was there. `node unreachable`: there
 * is no link to the node with the session. For clients, both are an unknown session.
 */
export type RefusalReason =
  | 'origin refused' | 'unauthorized' | 'authorize failed' | 'id generation failed' | 'handshake timeout'
  | 'too many sessions' | 'too many sessions of address' | 'server draining' | 'server closing'
  | 'unsupported version' | 'protocol mismatch' | 'unknown transport' | 'transport mismatch' | 'not an upgrade' | 'bad handshake method'
  | 'unknown session' | 'node lost' | 'node unreachable' | 'bad request' | 'parse error' | 'protocol violation'
  | 'payload too large' | 'too many packets' | 'body timeout'
