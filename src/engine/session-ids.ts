// Ids of sessions. Whoever knows one has the session: they cannot be guessed.
import { randomFillSync } from 'node:crypto'

/** 120 random bits in 20 characters: as long as the old server's ids, without `:`, `/` and `?` (docs/revision-1.md, Handshake). */
const BYTES = 15
/** So many at a time: asking for random bytes costs about the same for all as for one. */
const pool = Buffer.alloc(BYTES * 256)
let at = pool.length

/** An id that nobody has had. */
export function newSessionId (): string {
  if (at === pool.length) {
    randomFillSync(pool)
    at = 0
  }
  const id = pool.toString('base64url', at, at + BYTES)
  at += BYTES
  return id
}
