// Bytes to records (docs/link.md, Records). Pure. The only error is ProtocolError.
import type { Refused, SessionRequest } from '../../../types/cluster.js'
import { ProtocolError } from '../../codec/packet.js'
import type { FieldReader } from './fields.js'
import { isRefusalReason } from '../../errors.js'
import { isEndReason } from '../../session/reasons.js'
import { DIALECTS, KINDS, NONCE, STATES, TRANSPORTS } from './records.js'
import type { EdgeRecord, Hello, OwnerRecord, Payload } from './records.js'

/** Secrets of one node. */
export const MAX_SECRETS = 8

/** A whole record before its body has been read. */
export interface Raw {
  readonly kind: number
  readonly stream: number
  /** Whether its payload is bytes. */
  readonly isBytes: boolean
  readonly body: FieldReader
}

function request (from: FieldReader): SessionRequest {
  const dialect = from.oneOf(DIALECTS)
  const transport = from.oneOf(TRANSPORTS)
  const flags = from.flags(7)
  const request = { sid: from.name(), dialect, transport, isUpgrade: (flags & 1) !== 0, isScript: (flags & 2) !== 0 }
  return (flags & 4) === 0 ? request : { ...request, origin: from.name() }
}

function introduction (from: FieldReader): Omit<Hello, 'type'> {
  return { version: from.u16(), nonce: from.bytes(NONCE), tag: from.name(), address: from.name() }
}

function proofs (from: FieldReader): Buffer[] {
  const count = from.left / NONCE
  if (!Number.isInteger(count) || count < 1 || count > MAX_SECRETS) throw new ProtocolError('a wrong number of proofs')
  return Array.from({ length: count }, () => from.bytes(NONCE))
}

function context (json: string): Refused['context'] {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new ProtocolError('a refusal whose context is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ProtocolError('a refusal whose context is not an object')
  return { ...value }
}

function refused (from: FieldReader): Refused {
  const reason = from.name()
  if (!isRefusalReason(reason)) throw new ProtocolError('an unknown reason of a refusal')
  return { reason, detail: from.name(), context: context(from.text(from.left)) }
}

function endReason (reason: string) {
  if (!isEndReason(reason)) throw new ProtocolError('an unknown reason of an end')
  return reason
}

function frames (from: FieldReader): Payload[] {
  const read: Payload[] = []
  while (from.left > 0) {
    const isBytes = from.flag()
    const length = from.u32()
    read.push(isBytes ? from.bytes(length) : from.text(length))
  }
  return read
}

function closed (from: FieldReader) {
  const reason = endReason(from.name())
  const cause = from.name()
  return cause === '' ? { reason } : { reason, cause }
}

function close (from: FieldReader, isBytes: boolean) {
  const reason = from.name()
  const farewell = from.flag() ? from.payload(isBytes) : undefined
  return { ...(reason !== '' && { reason: endReason(reason) }), ...(farewell !== undefined && { farewell }) }
}

function edgeRecord ({ kind, stream, isBytes, body }: Raw): EdgeRecord {
  switch (kind) {
    case KINDS.hello: return { type: 'hello', ...introduction(body) }
    case KINDS.proof: return { type: 'proof', proof: body.bytes(NONCE) }
    case KINDS.check: return { type: 'check', stream, request: request(body) }
    case KINDS.poll: return { type: 'poll', stream, request: request(body) }
    case KINDS.open: return { type: 'open', stream, request: request(body) }
    case KINDS.end: return { type: 'end', stream, request: request(body) }
    case KINDS.post: return { type: 'post', stream, request: request(body), payload: body.payload(isBytes) }
    case KINDS.settled: return { type: 'settled', stream, isWhole: body.flag() }
    case KINDS.release: return { type: 'release', stream }
    case KINDS.abandon: return { type: 'abandon', stream }
    case KINDS.frame: return { type: 'frame', stream, frame: body.payload(isBytes) }
    case KINDS.sent: return { type: 'sent', stream, bytes: body.u32() }
    case KINDS.closed: return { type: 'closed', stream, ...closed(body) }
    default: throw new ProtocolError(`a record of kind ${kind}, which an edge does not send`)
  }
}

function ownerRecord ({ kind, stream, isBytes, body }: Raw): OwnerRecord {
  switch (kind) {
    case KINDS.challenge: return { type: 'challenge', ...introduction(body), proofs: proofs(body) }
    case KINDS.state: return { type: 'state', state: body.oneOf(STATES), sessions: body.u32() }
    case KINDS.accepted: return { type: 'accepted', stream }
    case KINDS.refused: return { type: 'refused', stream, refused: refused(body) }
    case KINDS.answer: return { type: 'answer', stream, isLast: body.flag(), payload: body.payload(isBytes) }
    case KINDS.destroy: return { type: 'destroy', stream }
    case KINDS.frames: return { type: 'frames', stream, frames: frames(body) }
    case KINDS.close: return { type: 'close', stream, ...close(body, isBytes) }
    case KINDS.delivered: return { type: 'delivered', stream, bytes: body.u32() }
    default: throw new ProtocolError(`a record of kind ${kind}, which an owner does not send`)
  }
}

/** Kinds with a payload, which may be bytes. */
const WITH_PAYLOAD: ReadonlySet<number> = new Set([KINDS.post, KINDS.frame, KINDS.answer, KINDS.close])

/** Returns a function that reads a whole record. */
const whole = <T>(read: (raw: Raw) => T) => (raw: Raw): T => {
  if (raw.isBytes && !WITH_PAYLOAD.has(raw.kind)) throw new ProtocolError(`bytes in a record of kind ${raw.kind}`)
  const record = read(raw)
  if (raw.body.left > 0) throw new ProtocolError('a record that is too long')
  return record
}

/** Reads a record of the edge. @throws ProtocolError */
export const decodeEdge = whole(edgeRecord)
/** Reads a record of the owner. @throws ProtocolError */
export const decodeOwner = whole(ownerRecord)
