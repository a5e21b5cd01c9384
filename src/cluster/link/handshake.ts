// The handshake of a link, step by step, without a connection (docs/link.md, Handshake).
import { randomBytes } from 'node:crypto'
import { formatAddress } from './address.js'
import { prove, provenBy } from './proof.js'
import { NONCE, VERSION } from './records.js'
import type { Challenge, Hello, Proof } from './records.js'
import type { Self } from './types.js'

/** Limit for a side to prove itself, ms. */
export const PROOF_TIMEOUT = 5000

const introduce = ({ tag, address }: Self): Omit<Hello, 'type'> => ({ version: VERSION, nonce: randomBytes(NONCE), tag, address: formatAddress(address) })

/** Step 1: the edge introduces itself. */
export const newHello = (self: Self): Hello => ({ type: 'hello', ...introduce(self) })

/** Step 2: the owner introduces itself, and proves itself with each of its secrets, because it does not know which of them the edge has. */
export function answerHello (hello: Hello, self: Self, secrets: readonly string[]): Challenge {
  const challenge = introduce(self)
  return { type: 'challenge', ...challenge, proofs: secrets.map((secret) => prove(secret, 'owner', { hello, challenge })) }
}

/** Step 3: the edge proves itself with a secret that the owner has proven to have. Undefined: the owner has none of the edge's secrets. */
export function answerChallenge (challenge: Challenge, hello: Hello, secrets: readonly string[]): Proof | undefined {
  const secret = provenBy(secrets, challenge.proofs, 'owner', { hello, challenge })
  return secret === undefined ? undefined : { type: 'proof', proof: prove(secret, 'edge', { hello, challenge }) }
}

/** Step 4: the owner checks the proof. */
export const isProven = ({ proof }: Proof, hello: Hello, challenge: Challenge, secrets: readonly string[]): boolean =>
  provenBy(secrets, [proof], 'edge', { hello, challenge }) !== undefined
