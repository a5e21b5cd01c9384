// Session ids. A session can be used by everyone who knows its id, so ids must not be guessable.
import { randomFillSync } from 'node:crypto'

/** 120 random bits in 20 characters: as long as the old server's ids, without `:`, `/` and `?` (docs/revision-1.md, Handshake). */
const BYTES = 15
/** Random bytes for 256 ids, because one call for all costs about as much as a call for one. */
const pool = Buffer.alloc(BYTES * 256)
let at = pool.length

/** Returns a new random id. */
export function newSessionId (): string {
  if (at === pool.length) {
    randomFillSync(pool)
    at = 0
  }
  const id = pool.toString('base64url', at, at + BYTES)
  at += BYTES
  return id
}
