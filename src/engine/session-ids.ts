// Session ids. A session can be used by everyone who knows its id, so ids must not be guessable.
import { randomFillSync } from 'node:crypto'
import { InvalidIdError, RefusedRequest } from '../errors.js'
import type { DialectName } from '../session/transport.js'
import { shortId } from '../observation/shown-ids.js'

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

/** Fastify's default for the length of a parameter in a path. */
const LONGEST = 100

interface Rule { readonly pattern: RegExp, readonly allowed: string }

/** Clients encode the id in a query: only control characters, line separators and halves of surrogate pairs would not survive. */
const IN_QUERY: Rule = { pattern: /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,100}$/u, allowed: '1 to 100 printable characters' }
/** The 0.9 client writes the id into a path as it is, and splits the answer to the handshake at each colon (docs/revision-1.md, Handshake). */
const IN_PATH: Rule = {
  pattern: /^(?!\.{1,2}$)[\w.~!$&()*+,=@-]{1,100}$/, allowed: '1 to 100 characters of A-Z a-z 0-9 - . _ ~ ! $ & ( ) * + , = @ for clients of revision 1, and not be "." or ".."'
}
const RULES: Readonly<Record<DialectName, Rule>> = { 'revision 1': IN_PATH, 'engine 3': IN_QUERY, 'engine 4': IN_QUERY }

const show = (id: unknown): string => typeof id === 'string' ? JSON.stringify(id) : `of type ${typeof id}`

/** Returns the id that an application has made: a string, or a number as a string. @throws FST_SIO_INVALID_ID if a client of the dialect could not use it. */
function toId (made: unknown, dialect: DialectName): string {
  const { pattern, allowed } = RULES[dialect]
  const id = Number.isFinite(made) ? String(made) : made
  if (typeof id !== 'string' || !pattern.test(id)) throw new InvalidIdError(show(made), `have ${allowed}`)
  return id
}

/** Makes the refusal of a handshake that has got no id, with the name that engine.io gives it. */
const refusalOf = (error: unknown): RefusedRequest => new RefusedRequest('id generation failed', 'generateId failed', { name: 'ID_GENERATION_ERROR', err: error })

/** The id is short, because this error is logged, and it is the id of a session of another client. */
const alreadyUsed = (id: string): Error => new InvalidIdError(JSON.stringify(shortId(id)), 'be unused')

/** Makes the refusal of a handshake that has got the id of another session. */
export const usedId = (id: string): RefusedRequest => refusalOf(alreadyUsed(id))

interface IdInit {
  /** Calls the application's function. */
  make (): unknown
  /** The tag of this node, with which each id begins. Undefined with one node. */
  readonly tag: string | undefined
  readonly dialect: DialectName
  isUsed (id: string): boolean
}

/** Makes an id by a function of the application. Returns a promise only if the function does. @throws RefusedRequest when it fails, or makes an id that cannot be used. */
export function makeId ({ make, tag = '', dialect, isUsed }: IdInit): string | Promise<string> {
  const check = (made: unknown): string => {
    const id = tag + toId(made, dialect)
    if (tag !== '' && [...id].length > LONGEST) throw new InvalidIdError(JSON.stringify(id), `have at most ${LONGEST - tag.length} characters, because the tag of the node comes before it`)
    if (isUsed(id)) throw alreadyUsed(id)
    return id
  }
  const refuse = (error: unknown): never => { throw refusalOf(error) }
  try {
    const made = make()
    return typeof Object(made).then === 'function' ? Promise.resolve(made).then(check).catch(refuse) : check(made)
  } catch (error) {
    return refuse(error)
  }
}
