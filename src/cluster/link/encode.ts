// Records to bytes (docs/link.md, Records). Pure.
import type { Refused, SessionRequest } from '../../../types/cluster.js'
import { FieldWriter } from './fields.js'
import { DIALECTS, KINDS, STATES, TRANSPORTS } from './records.js'
import type { Hello, LinkRecord, Payload } from './records.js'

/** Bytes before the body of a piece: kind and flags, stream, length of the body. */
export const HEAD = 9
/** The body is a part of a record, and more parts follow. */
export const MORE = 0x80
/** The payload of the record is bytes, not text. */
export const BYTES = 0x40
/** Bytes of the body of a piece. A record with more is cut into pieces of this size; the last one may be smaller. */
export const PIECE = 64 * 1024

/** Bytes that names and numbers of a record usually need. */
const FIELDS = 160
/** Longer JSON of a refusal is left out: it is for the log. */
const MAX_CONTEXT = 16 * 1024

/** A record as bytes: room for a head, and the body behind it. */
export interface Encoded {
  readonly kind: number
  /** `BYTES` or 0. */
  readonly flags: number
  /** 0 for records that belong to no stream. */
  readonly stream: number
  readonly bytes: Buffer
}

const isBytes = (payload: Payload | undefined): boolean => typeof payload === 'object'

function request (to: FieldWriter, { sid, dialect, transport, isUpgrade, isScript, origin }: SessionRequest): FieldWriter {
  const flags = (isUpgrade ? 1 : 0) | (isScript ? 2 : 0) | (origin === undefined ? 0 : 4)
  to.u8(DIALECTS.indexOf(dialect)).u8(TRANSPORTS.indexOf(transport)).u8(flags).name(sid)
  return origin === undefined ? to : to.name(origin)
}

function toJson (context: Refused['context']): string {
  try {
    const json = JSON.stringify(context)
    return json.length > MAX_CONTEXT ? '{}' : json
  } catch { // a value that does not survive JSON
    return '{}'
  }
}

/** Version, nonce, tag and address: the part of a handshake that proofs are made of. */
export const introduction = (to: FieldWriter, { version, nonce, tag, address }: Omit<Hello, 'type'>): FieldWriter => to.u16(version).payload(nonce).name(tag).name(address)

function writeFields (to: FieldWriter, record: LinkRecord): FieldWriter {
  switch (record.type) {
    case 'hello': return introduction(to, record)
    case 'challenge': return introduction(to, record).payload(Buffer.concat(record.proofs))
    case 'proof': return to.payload(record.proof)
    case 'state': return to.u8(STATES.indexOf(record.state)).u32(record.sessions)
    case 'check': case 'poll': case 'open': case 'end': return request(to, record.request)
    case 'post': return request(to, record.request).payload(record.payload)
    case 'settled': return to.u8(record.isWhole ? 1 : 0)
    case 'release': case 'abandon': case 'accepted': case 'destroy': return to
    case 'frame': return to.payload(record.frame)
    case 'sent': case 'delivered': return to.u32(record.bytes)
    case 'closed': return to.name(record.reason).name(record.cause ?? '')
    case 'refused': return to.name(record.refused.reason).name(record.refused.detail).payload(toJson(record.refused.context))
    case 'answer': return to.u8(record.isLast ? 1 : 0).payload(record.payload)
    case 'frames':
      for (const frame of record.frames) to.u8(isBytes(frame) ? 1 : 0).u32(Buffer.byteLength(frame)).payload(frame)
      return to
    case 'close':
      to.name(record.reason ?? '').u8(record.farewell === undefined ? 0 : 1)
      return record.farewell === undefined ? to : to.payload(record.farewell)
    default: return record satisfies never
  }
}

/** What of a record may be long or bytes. */
function payloadOf (record: LinkRecord): Payload | undefined {
  switch (record.type) {
    case 'post': case 'answer': return record.payload
    case 'frame': return record.frame
    case 'close': return record.farewell
    default: return undefined
  }
}

/** Encodes a record. Names that are too long are cut. */
export function encode (record: LinkRecord): Encoded {
  const payload = payloadOf(record)
  const size = FIELDS + (payload === undefined ? 0 : Buffer.byteLength(payload))
  const { bytes } = writeFields(new FieldWriter(HEAD, size), record)
  return { kind: KINDS[record.type], flags: isBytes(payload) ? BYTES : 0, stream: 'stream' in record ? record.stream : 0, bytes }
}
