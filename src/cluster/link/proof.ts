// The proofs of the handshake: who has the secret, has these tags, and has made these nonces (docs/link.md, Handshake). Pure.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { introduction } from './encode.js'
import { FieldWriter } from './fields.js'
import type { Challenge, Hello } from './records.js'

/** The side that proves. Each side's proof is worthless for the other side. */
export type Role = 'edge' | 'owner'

/** What both sides have said of themselves. */
export interface Introductions {
  readonly hello: Omit<Hello, 'type'>
  readonly challenge: Omit<Challenge, 'type' | 'proofs'>
}

const CONTEXT = 'fastify-socketio-transports link'
const SIZE = 256
const TAG = /^[\w-]{8}$/

/** Returns whether a text can be the tag of a node. */
export const isTag = (text: string): boolean => TAG.test(text)

/** Returns HMAC-SHA256, by the secret, of the role and of all that both sides have said. */
export function prove (secret: string, role: Role, { hello, challenge }: Introductions): Buffer {
  return createHmac('sha256', secret)
    .update(`${CONTEXT}\0${role}\0`)
    .update(introduction(new FieldWriter(0, SIZE), hello).bytes)
    .update(introduction(new FieldWriter(0, SIZE), challenge).bytes)
    .digest()
}

/** Returns the first of the secrets with which one of the proofs has been made; undefined if there is none. */
export function provenBy (secrets: readonly string[], proofs: readonly Buffer[], role: Role, introductions: Introductions): string | undefined {
  return secrets.find((secret) => {
    const right = prove(secret, role, introductions)
    return proofs.some((proof) => proof.length === right.length && timingSafeEqual(proof, right))
  })
}
