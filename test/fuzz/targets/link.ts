// Links between nodes: messages as bytes, and both ends of a link that get whatever can be read from them.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeEdge, decodeOwner } from '../../../src/cluster/link/decode.js'
import { encode, PIECE } from '../../../src/cluster/link/encode.js'
import { LinkEdge } from '../../../src/cluster/link/edge.js'
import { MessageReader, pieceOf } from '../../../src/cluster/link/messages.js'
import { LinkOwner } from '../../../src/cluster/link/owner.js'
import type { EdgeRecord, LinkRecord, OwnerRecord } from '../../../src/cluster/link/records.js'
import type { HeldPoll, HeldStream, Refused, SessionHost, SessionRequest } from '../../../types/cluster.js'
import { FROM_EDGE, FROM_OWNER, toPiece } from '../../unit/cluster/link/samples.js'
import { PART, toBytes, tolerant } from '../target.js'
import type { Target } from '../target.js'

/** Bytes of records that are not complete: two pieces. */
const MAX = 2 * PIECE

const toInput = (...messages: readonly Buffer[]): string => messages.map((message) => message.toString('latin1')).join(PART)

const edgePieces = FROM_EDGE.map(({ wire }) => toPiece(wire))
const ownerPieces = FROM_OWNER.map(({ wire }) => toPiece(wire))
const LONG = encode({ type: 'frame', stream: 7, frame: 'x'.repeat(PIECE + 9) })
const longPieces = [pieceOf(LONG, 0).bytes, pieceOf(LONG, PIECE).bytes]

/** Pieces with right heads around bytes that may be wrong. */
const grammar = (kinds: readonly number[]) => fc.array(
  fc.tuple(fc.constantFrom(...kinds, ...kinds.map((kind) => kind | 0x40), 0x90, 99), fc.constantFrom(0, 1, 2, 7), fc.uint8Array({ maxLength: 40 }), fc.boolean()),
  { minLength: 1, maxLength: 6 }
).map((pieces) => pieces.map(([kind, stream, body, ends]) => toPiece([kind, stream, Buffer.from(body).toString('hex')]).toString('latin1') + (ends ? PART : '')).join(''))

/** Reads all messages of an input. Undefined at the first error, after which a link is over. */
function readAll<T> (input: string, reader: MessageReader<T>, each: (record: T) => void): void {
  for (const message of input.split(PART).map(toBytes)) {
    const records = tolerant(() => reader.read(message))
    assert.ok(reader.unfinishedBytes <= MAX)
    if (records === undefined || tolerant(() => { records.forEach(each); return true }) === undefined) return
  }
}

/** A record is written, and read again as the same. The JSON of a refusal may change once: numbers have several forms. */
function sameAgain<T extends LinkRecord> (record: T, newReader: () => MessageReader<T>): void {
  const again = (one: LinkRecord): T | undefined => {
    const [read] = newReader().read(pieceOf(encode(one), 0).bytes)
    return read
  }
  const read = again(record)
  assert.ok(read !== undefined)
  assert.deepEqual(record.type === 'refused' ? again(read) : record, read)
}

const edgeReader = () => new MessageReader(decodeEdge, () => MAX)
const ownerReader = () => new MessageReader(decodeOwner, () => MAX)

const NO: Refused = { reason: 'unknown session', detail: '', context: {} }

/** Sessions that answer at once, later or never, by the id. */
function sessions (open: Set<string>, later: (() => void)[]): SessionHost {
  let count = 0
  const by = ({ sid }: SessionRequest, now: () => void): void => { if (sid.length % 3 === 0) now(); else if (sid.length % 3 === 1) later.push(now) }
  const opened = (kind: string): { over (): void } => {
    const name = `${kind} ${count++}`
    open.add(name)
    return { over () { assert.ok(open.delete(name), `${name} is over twice`) } }
  }
  return {
    check: (request, answer) => by(request, () => answer(request.isScript ? NO : undefined)),
    post (request, _payload, answer) {
      const { over } = opened('post')
      by(request, () => { if (open.size > 0) answer() })
      return { abandon: over }
    },
    poll (request, poll: HeldPoll) {
      const { over } = opened('poll')
      by(request, () => { poll.send('6', true); poll.destroy() })
      return { settled: over, release () {} }
    },
    open (request, stream: HeldStream) {
      const { over } = opened('stream')
      by(request, () => { stream.send(['6']); stream.close('1', 'server closing') })
      return { frame (frame) { if (frame.length % 2 === 0) stream.delivered(Buffer.byteLength(frame)) }, sent () {}, closed: over }
    },
    end () {}
  }
}

function ownerRule (input: string): void {
  const open = new Set<string>()
  const later: (() => void)[] = []
  const owner = new LinkOwner({ sessions: sessions(open, later), send: (record) => { sameAgain<OwnerRecord>(record, ownerReader) } })
  readAll<EdgeRecord>(input, edgeReader(), (record) => {
    owner.receive(record)
    if (later.length > 2) later.shift()?.()
  })
  owner.lost()
  assert.equal(owner.size, 0)
  for (const call of later) call()
  for (const name of open) assert.match(name, /^post/, `${name} is never over`)
}

const REQUEST: SessionRequest = { sid: 'a', dialect: 'engine 4', transport: 'polling', isUpgrade: false, isScript: false }

/** Each request that waits at the edge is answered or refused once. */
function edgeRule (input: string): void {
  const ends: number[] = []
  const end = (which: number) => (): void => { ends[which] = (ends[which] ?? 0) + 1 }
  const send = (record: EdgeRecord): void => sameAgain<EdgeRecord>(record, edgeReader)
  const edge = new LinkEdge({ tag: 'tag-of-a', address: { path: 'a' }, rtt: () => undefined, onState () {}, send, offer: (record) => { send(record); return true } })
  const poll = (which: number): HeldPoll => ({ send () { end(which)(); return 0 }, destroy () { ends[which] ??= 1 }, refuse: end(which) })
  edge.check({ ...REQUEST, origin: 'http://a.test' }, end(0))
  edge.poll(REQUEST, poll(1))
  edge.post(REQUEST, '4', end(2))
  const stream = edge.open(REQUEST, { send () {}, close: end(4), destroy: end(4), refuse: end(3), delivered () {} })
  stream.frame('4')
  for (let at = 0; at < 3; at++) edge.poll(REQUEST, poll(5 + at))
  readAll<OwnerRecord>(input, ownerReader(), (record) => edge.receive(record))
  edge.lost('the end')
  assert.equal(edge.size, 0)
  for (const which of [0, 2, 5, 6, 7]) assert.equal(ends[which], 1, `request ${which}`)
  assert.equal(ends[1], 1)
  assert.ok((ends[3] ?? 0) + (ends[4] ?? 0) >= 1 && (ends[3] ?? 0) <= 1)
}

export const linkTargets: readonly Target[] = [
  {
    name: 'link messages of an edge',
    rule: 'messages are records, which are written again as the same, or a ProtocolError',
    seeds: [...edgePieces.map((piece) => toInput(piece)), toInput(Buffer.concat(edgePieces)), toInput(...longPieces), toInput(...longPieces, ...edgePieces)],
    grammar: grammar([1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
    run: (input) => readAll<EdgeRecord>(input, edgeReader(), (record) => { if (record.type !== 'frame' || record.frame.length < PIECE) sameAgain<EdgeRecord>(record, edgeReader) })
  },
  {
    name: 'link messages of an owner',
    rule: 'messages are records, which are written again as the same, or a ProtocolError',
    seeds: [...ownerPieces.map((piece) => toInput(piece)), toInput(Buffer.concat(ownerPieces)), toInput(...ownerPieces)],
    grammar: grammar([32, 33, 40, 41, 42, 43, 44, 45, 46]),
    run: (input) => readAll<OwnerRecord>(input, ownerReader(), (record) => { if (JSON.stringify(record).length < PIECE / 2) sameAgain<OwnerRecord>(record, ownerReader) })
  },
  {
    name: 'link owner',
    rule: 'a session learns once that a poll or stream of an edge is over, in whatever order records come',
    seeds: [toInput(Buffer.concat(edgePieces.slice(2))), toInput(...edgePieces.slice(2)), toInput(...edgePieces.slice(8, 9), ...edgePieces.slice(14))],
    grammar: grammar([8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
    run: ownerRule
  },
  {
    name: 'link edge',
    rule: 'a request is answered or refused once, in whatever order records come',
    seeds: [toInput(Buffer.concat(ownerPieces.slice(1))), toInput(...ownerPieces.slice(1)), ...ownerPieces.map((piece) => toInput(piece))],
    grammar: grammar([33, 40, 41, 42, 43, 44, 45, 46]),
    run: edgeRule
  }
]
