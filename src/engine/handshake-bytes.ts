// What a session keeps of its handshake: the official Server, and applications, read the request's headers and query as long as it lasts. Pure.
import type { IncomingMessage } from 'node:http'

/** What a name or a value takes of memory beside its characters; bytes. Measured with thousands of them in one request. */
const TEXT_BYTES = 64
/** What ordinary handshakes keep, cookies and a token included, is part of what each session takes (docs/security.md); bytes. */
const ORDINARY = 8 * 1024

/** A request, as far as there is one: `injectWS` of @fastify/websocket makes up its own. */
type Kept = Partial<Pick<IncomingMessage, 'rawHeaders' | 'url'>> & { _query?: unknown }

/** How much that is beyond the ordinary; bytes. */
export function handshakeBytes ({ rawHeaders = [], url = '', _query }: Kept): number {
  let bytes = url.length * 2 + Object.keys(Object(_query) as object).length * TEXT_BYTES
  for (const text of rawHeaders) bytes += text.length + TEXT_BYTES
  return Math.max(bytes - ORDINARY, 0)
}
