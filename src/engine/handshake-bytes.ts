// Bytes of memory of a handshake. A session keeps the request until it ends, because the official Server and applications read its headers and query. Pure.
import type { IncomingMessage } from 'node:http'

/** Bytes of memory of a name or value besides its characters. Measured with thousands of them in one request. */
const TEXT_BYTES = 64
/** Bytes of an ordinary handshake, with cookies and a token. They do not count, because they are part of the memory of each session (docs/security.md). */
const ORDINARY = 8 * 1024

/** The parts of a request that are counted. They may be missing, because `injectWS` of @fastify/websocket makes its own request. */
type Kept = Partial<Pick<IncomingMessage, 'rawHeaders' | 'url'>> & { _query?: unknown }

/** Returns how many bytes a handshake takes beyond an ordinary one. Only these count as held for the client. */
export function handshakeBytes ({ rawHeaders = [], url = '', _query }: Kept): number {
  let bytes = url.length * 2 + Object.keys(Object(_query) as object).length * TEXT_BYTES
  for (const text of rawHeaders) bytes += text.length + TEXT_BYTES
  return Math.max(bytes - ORDINARY, 0)
}
