// Records of every kind, and their bytes written by hand after docs/link.md.
import type { SessionRequest } from '../../../../types/cluster.js'
import type { EdgeRecord, OwnerRecord } from '../../../../src/cluster/link/records.js'

export interface Sample<Sent> {
  readonly name: string
  readonly record: Sent
  /** Kind with its flags, stream, and the body as hex digits and text in quotes. */
  readonly wire: readonly [kind: number, stream: number, body: string]
}

/** Bytes of hex digits and of text in quotes. */
export const toBytes = (text: string): Buffer => Buffer.concat([...text.matchAll(/'([^']*)'|([\da-f]+)/g)].map(([, quoted, hex]) => quoted === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(quoted)))

/** One piece. */
export function toPiece ([kind, stream, body]: Sample<unknown>['wire']): Buffer {
  const bytes = toBytes(body)
  const head = Buffer.alloc(9)
  head[0] = kind
  head.writeUInt32BE(stream, 1)
  head.writeUInt32BE(bytes.length, 5)
  return Buffer.concat([head, bytes])
}

const nonce = Buffer.alloc(32, 0xab)
const proof = Buffer.alloc(32, 0xcd)
const NONCE = 'ab'.repeat(32)
const PROOF = 'cd'.repeat(32)

export const request: SessionRequest = { sid: 'tag-of-a0123', dialect: 'engine 4', transport: 'polling', isUpgrade: false, isScript: false }
const REQUEST = "020100 000c 'tag-of-a0123'"
const script: SessionRequest = { sid: 'é', dialect: 'revision 1', transport: 'jsonp-polling', isUpgrade: true, isScript: true }

export const FROM_EDGE: readonly Sample<EdgeRecord>[] = [
  { name: 'hello', record: { type: 'hello', version: 1, nonce, tag: 'tag-of-b', address: 'b:1' }, wire: [1, 0, `0001 ${NONCE} 0008 'tag-of-b' 0003 'b:1'`] },
  { name: 'proof', record: { type: 'proof', proof }, wire: [2, 0, PROOF] },
  { name: 'check', record: { type: 'check', stream: 1, request }, wire: [8, 1, REQUEST] },
  { name: 'poll', record: { type: 'poll', stream: 0xffff_ffff, request }, wire: [9, 0xffff_ffff, REQUEST] },
  { name: 'a poll for a script', record: { type: 'poll', stream: 2, request: script }, wire: [9, 2, "000603 0002 'é'"] },
  { name: 'post', record: { type: 'post', stream: 3, request, payload: '4é' }, wire: [10, 3, `${REQUEST} '4é'`] },
  { name: 'a post of bytes', record: { type: 'post', stream: 3, request, payload: Buffer.from([0, 0xff]) }, wire: [0x4a, 3, `${REQUEST} 00ff`] },
  { name: 'a post of nothing', record: { type: 'post', stream: 3, request, payload: '' }, wire: [10, 3, REQUEST] },
  { name: 'open', record: { type: 'open', stream: 4, request }, wire: [11, 4, REQUEST] },
  { name: 'end', record: { type: 'end', stream: 5, request }, wire: [12, 5, REQUEST] },
  { name: 'settled, whole', record: { type: 'settled', stream: 6, isWhole: true }, wire: [13, 6, '01'] },
  { name: 'settled, broken', record: { type: 'settled', stream: 6, isWhole: false }, wire: [13, 6, '00'] },
  { name: 'release', record: { type: 'release', stream: 6 }, wire: [14, 6, ''] },
  { name: 'abandon', record: { type: 'abandon', stream: 6 }, wire: [15, 6, ''] },
  { name: 'a frame of text', record: { type: 'frame', stream: 7, frame: '4hi' }, wire: [16, 7, "'4hi'"] },
  { name: 'a frame of bytes', record: { type: 'frame', stream: 7, frame: Buffer.from([4, 1]) }, wire: [0x50, 7, '0401'] },
  { name: 'an empty frame of bytes', record: { type: 'frame', stream: 7, frame: Buffer.alloc(0) }, wire: [0x50, 7, ''] },
  { name: 'sent', record: { type: 'sent', stream: 7, bytes: 65_536 }, wire: [17, 7, '00010000'] },
  { name: 'closed', record: { type: 'closed', stream: 7, reason: 'connection closed' }, wire: [18, 7, "0011 'connection closed' 0000"] },
  { name: 'closed, with a cause', record: { type: 'closed', stream: 7, reason: 'ping timeout', cause: 'no pong' }, wire: [18, 7, "000c 'ping timeout' 0007 'no pong'"] },
  { name: 'a check of a page', record: { type: 'check', stream: 1, request: { ...request, transport: 'websocket', isUpgrade: true, origin: 'http://a.test' } }, wire: [8, 1, "020005 000c 'tag-of-a0123' 000d 'http://a.test'"] }
]

export const FROM_OWNER: readonly Sample<OwnerRecord>[] = [
  {
    name: 'challenge',
    record: { type: 'challenge', version: 1, nonce, tag: 'tag-of-a', address: '[::1]:7', proofs: [proof, nonce] },
    wire: [32, 0, `0001 ${NONCE} 0008 'tag-of-a' 0007 '[::1]:7' ${PROOF} ${NONCE}`]
  },
  { name: 'state', record: { type: 'state', state: 'draining', sessions: 258 }, wire: [33, 0, '01 00000102'] },
  { name: 'accepted', record: { type: 'accepted', stream: 1 }, wire: [40, 1, ''] },
  {
    name: 'refused',
    record: { type: 'refused', stream: 1, refused: { reason: 'unknown session', detail: 'no session', context: { sid: 'x', n: null } } },
    wire: [41, 1, "000f 'unknown session' 000a 'no session' '{\"sid\":\"x\",\"n\":null}'"]
  },
  { name: 'answer', record: { type: 'answer', stream: 2, isLast: false, payload: '6' }, wire: [42, 2, "00 '6'"] },
  { name: 'a last answer of bytes', record: { type: 'answer', stream: 2, isLast: true, payload: Buffer.from([1]) }, wire: [0x6a, 2, '0101'] },
  { name: 'destroy', record: { type: 'destroy', stream: 2 }, wire: [43, 2, ''] },
  { name: 'frames', record: { type: 'frames', stream: 3, frames: ['4é', Buffer.from([4]), ''] }, wire: [44, 3, "00 00000003 '4é' 01 00000001 04 00 00000000"] },
  { name: 'no frames', record: { type: 'frames', stream: 3, frames: [] }, wire: [44, 3, ''] },
  { name: 'close', record: { type: 'close', stream: 3 }, wire: [45, 3, '0000 00'] },
  { name: 'close, with a farewell and a reason', record: { type: 'close', stream: 3, farewell: '1', reason: 'server closing' }, wire: [45, 3, "000e 'server closing' 01 '1'"] },
  { name: 'close, with a farewell of bytes', record: { type: 'close', stream: 3, farewell: Buffer.from([1]) }, wire: [0x6d, 3, '0000 01 01'] },
  { name: 'close, with an empty farewell', record: { type: 'close', stream: 3, farewell: '' }, wire: [45, 3, '0000 01'] },
  { name: 'delivered', record: { type: 'delivered', stream: 3, bytes: 7 }, wire: [46, 3, '00000007'] }
]
