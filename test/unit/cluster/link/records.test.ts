import t from 'tap'
import { decodeEdge, decodeOwner } from '../../../../src/cluster/link/decode.js'
import type { Raw } from '../../../../src/cluster/link/decode.js'
import { encode, PIECE } from '../../../../src/cluster/link/encode.js'
import { MAX_MESSAGE, MessageReader, pieceOf } from '../../../../src/cluster/link/messages.js'
import type { LinkRecord } from '../../../../src/cluster/link/records.js'
import { FROM_EDGE, FROM_OWNER, request, toPiece } from './samples.js'
import type { Sample } from './samples.js'

const MAX = 1024 * 1024

/** All pieces of a record. */
function pieces (record: LinkRecord): Buffer[] {
  const encoded = encode(record)
  const made: Buffer[] = []
  for (let at = 0, isLast = false; !isLast; at += PIECE) {
    const piece = pieceOf(encoded, at)
    made.push(piece.bytes)
    isLast = piece.isLast
  }
  return made
}

function testBothWays<T extends LinkRecord> (samples: readonly Sample<T>[], newReader: () => MessageReader<T>): void {
  for (const { name, record, wire } of samples) {
    t.test(name, async (t) => {
      t.equal(Buffer.concat(pieces(record)).toString('hex'), toPiece(wire).toString('hex'), 'is written as bytes')
      t.strictSame(newReader().read(toPiece(wire)), [record], 'is read from bytes')
    })
  }
  t.test('records in one message are read in their order', async (t) => {
    t.strictSame(newReader().read(Buffer.concat(samples.map(({ wire }) => toPiece(wire)))), samples.map(({ record }) => record))
  })
  t.test('a record that is cut, or has a byte more, is an error, and nothing else', async (t) => {
    for (const { wire: [kind, stream, body], name } of samples) {
      const whole = toPiece([kind, stream, body])
      for (let length = 1; length < whole.length; length++) {
        t.throws(() => newReader().read(whole.subarray(0, length)), { name: 'ProtocolError' }, `${name}, ${length} bytes`)
        if (length < 9) continue
        const short = Buffer.from(whole.subarray(0, length))
        short.writeUInt32BE(length - 9, 5)
        try {
          newReader().read(short)
        } catch (error) {
          t.match(error, { name: 'ProtocolError' })
        }
      }
    }
  })
}

const edgeReader = () => new MessageReader(decodeEdge, () => MAX)
const ownerReader = () => new MessageReader(decodeOwner, () => MAX)

testBothWays(FROM_EDGE, edgeReader)
testBothWays(FROM_OWNER, ownerReader)

t.test('what is no record is a ProtocolError', async (t) => {
  const cases: readonly (readonly [name: string, reader: () => MessageReader<LinkRecord>, ...wire: Sample<unknown>['wire']])[] = [
    ['an unknown kind', edgeReader, 31, 1, ''],
    ['kind 0', edgeReader, 0, 1, ''],
    ['a record of the owner, from an edge', edgeReader, 40, 1, ''],
    ['a record of the edge, from an owner', ownerReader, 14, 1, ''],
    ['bytes where there is no payload', edgeReader, 0x4e, 1, ''],
    ['more than the record has', edgeReader, 14, 1, '00'],
    ['a dialect that does not exist', edgeReader, 8, 1, "030100 0001 'a'"],
    ['a transport that does not exist', edgeReader, 8, 1, "020700 0001 'a'"],
    ['a flag that does not exist', edgeReader, 8, 1, "020104 0001 'a'"],
    ['a name that is not UTF-8', edgeReader, 8, 1, '020100 0001 ff'],
    ['a name that is longer than the record', edgeReader, 8, 1, "020100 0002 'a'"],
    ['a name that is too long', edgeReader, 8, 1, `020100 3001 ${'61'.repeat(0x3001)}`],
    ['a payload of text that is not UTF-8', edgeReader, 16, 1, 'c328'],
    ['half of a surrogate pair', edgeReader, 16, 1, 'eda080'],
    ['a boolean that is neither', edgeReader, 13, 1, '02'],
    ['an unknown reason of an end', edgeReader, 18, 1, "0001 'x' 0000"],
    ['no reason of an end', edgeReader, 18, 1, '0000 0000'],
    ['a reason that is a property of every object', edgeReader, 18, 1, "000b 'constructor' 0000"],
    ['an unknown reason of a refusal', ownerReader, 41, 1, "0001 'x' 0000 '{}'"],
    ['a refusal whose context is not JSON', ownerReader, 41, 1, "000a 'node lost?' 0000 '{'"],
    ['a context that is not JSON', ownerReader, 41, 1, "0009 'node lost' 0000 '{'"],
    ['a context that is a list', ownerReader, 41, 1, "0009 'node lost' 0000 '[]'"],
    ['a context that is null', ownerReader, 41, 1, "0009 'node lost' 0000 'null'"],
    ['a context of deep lists', ownerReader, 41, 1, `0009 'node lost' 0000 ${'5b'.repeat(60_000)}`],
    ['a challenge without a proof', ownerReader, 32, 0, `0001 ${'ab'.repeat(32)} 0001 'a' 0001 'a'`],
    ['a challenge with half a proof', ownerReader, 32, 0, `0001 ${'ab'.repeat(32)} 0001 'a' 0001 'a' ${'ab'.repeat(16)}`],
    ['a challenge with nine proofs', ownerReader, 32, 0, `0001 ${'ab'.repeat(32)} 0001 'a' 0001 'a' ${'ab'.repeat(288)}`],
    ['a state that does not exist', ownerReader, 33, 0, '02 00000000'],
    ['a frame that is longer than its record', ownerReader, 44, 1, "00 00000004 'abc'"],
    ['a reason to close that does not exist', ownerReader, 45, 1, "0001 'x' 00"],
    ['a farewell that is not announced', ownerReader, 45, 1, "0000 00 'x'"],
    ['a first piece of another size', edgeReader, 0x90, 1, "'a'"]
  ]
  for (const [name, reader, ...wire] of cases) t.throws(() => reader().read(toPiece(wire)), { name: 'ProtocolError' }, name)
})

t.test('names that are too long are cut, and a context that has no JSON is left out', async (t) => {
  const [sent] = edgeReader().read(Buffer.concat(pieces({ type: 'end', stream: 1, request: { ...request, sid: '漢'.repeat(5000) } })))
  t.strictSame(sent, { type: 'end', stream: 1, request: { ...request, sid: '漢'.repeat(4096) } })
  for (const context of [{ count: 1n }, { text: 'x'.repeat(20_000) }]) {
    t.match(ownerReader().read(Buffer.concat(pieces({ type: 'refused', stream: 1, refused: { reason: 'node lost', detail: '', context } }))), [{ refused: { context: {} } }])
  }
})

t.test('long records', async (t) => {
  const long: LinkRecord = { type: 'frame', stream: 1, frame: 'é'.repeat(PIECE) }
  const other: LinkRecord = { type: 'frame', stream: 2, frame: Buffer.alloc(PIECE + 1, 7) }

  await t.test('are cut into pieces of 64 KiB', async (t) => {
    t.strictSame(pieces(long).map(({ length }) => length), [MAX_MESSAGE, MAX_MESSAGE])
    t.strictSame(pieces(long).map(([kind]) => kind), [0x90, 16])
    t.strictSame(pieces(other).map(({ length }) => length), [MAX_MESSAGE, 10])
    t.strictSame(pieces({ ...long, frame: 'x'.repeat(PIECE) }).map(({ length }) => length), [MAX_MESSAGE])
  })

  await t.test('are joined, also when pieces of other streams are between them', async (t) => {
    const reader = edgeReader()
    const [a1, a2] = pieces(long)
    const [b1, b2] = pieces(other)
    if (a1 === undefined || a2 === undefined || b1 === undefined || b2 === undefined) throw new Error('two pieces each')
    t.strictSame(reader.read(a1), [])
    t.strictSame(reader.read(b1), [])
    t.equal(reader.unfinishedBytes, 2 * PIECE)
    t.strictSame(reader.read(Buffer.concat([b2, toPiece([14, 3, ''])])), [other, { type: 'release', stream: 3 }])
    t.strictSame(reader.read(a2), [long])
    t.equal(reader.unfinishedBytes, 0)
  })

  await t.test('are never interrupted by another record of their stream', async (t) => {
    const [first = Buffer.alloc(0)] = pieces(long)
    for (const wire of [[14, 1, ''], [0x50, 1, '']] as const) {
      const reader = edgeReader()
      reader.read(first)
      t.throws(() => reader.read(toPiece(wire)), { name: 'ProtocolError', message: /inside another/ })
    }
  })

  await t.test('are kept up to a limit, of all streams together', async (t) => {
    const reader = new MessageReader(decodeEdge, () => 3 * PIECE)
    const part = (stream: number): Buffer => {
      const [first = Buffer.alloc(0)] = pieces({ ...long, stream })
      return first
    }
    for (const stream of [1, 2, 1]) reader.read(part(stream))
    t.throws(() => reader.read(part(3)), { name: 'ProtocolError', message: /too many bytes/ })
    t.equal(reader.unfinishedBytes, 3 * PIECE)
  })
})

t.test('bytes that are read do not keep a larger message in memory', async (t) => {
  const seen: Raw['isBytes'][] = []
  const reader = new MessageReader((raw) => {
    seen.push(raw.isBytes)
    return decodeEdge(raw)
  }, () => MAX)
  const large = Buffer.concat([toPiece([0x50, 1, '0102']), toPiece([16, 1, `'${'x'.repeat(50_000)}'`])])
  const [first] = reader.read(large)
  t.ok(first?.type === 'frame' && typeof first.frame !== 'string' && first.frame.buffer.byteLength === 2)
  t.strictSame(seen, [true, false])
})
