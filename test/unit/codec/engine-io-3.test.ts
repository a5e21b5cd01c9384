import t from 'tap'
import { decodePacket } from '../../../src/codec/engine-io.js'
import type { EnginePacket } from '../../../src/codec/engine-io.js'
import { Engine3Payloads } from '../../../src/codec/engine-io-3.js'
import { ProtocolError } from '../../../src/codec/packet.js'
import type { Frame } from '../../../src/codec/packet.js'
import { CLIENT_1, CLIENT_2 } from './engine-parsers.js'
import type { Peer } from './engine-parsers.js'
import { show } from './show.js'

const message = (data: string | Buffer): EnginePacket => ({ type: 'message', data })
const packetsOf = (frames: readonly Frame[]): EnginePacket[] => frames.map((frame) => decodePacket(frame, 3))
/** What a poll says by `b64` or `j`: nothing but text. */
const textOnly = (): Engine3Payloads => new Engine3Payloads({ binary: false, early: false })
const modern = (): Engine3Payloads => new Engine3Payloads({ binary: true, early: false })
const early = (): Engine3Payloads => new Engine3Payloads({ binary: true, early: true })
/** `0|1`, the digits of the length, 255, the packet. */
const packet = (kind: 0 | 1, digits: number[], body: string | number[]): Buffer =>
  Buffer.concat([Buffer.of(kind, ...digits, 255), typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)])

/** ASCII is the same in every form. */
const ASCII: readonly { payload: string, frames: string[], packets: EnginePacket[] }[] = [
  { payload: '1:4', frames: ['4'], packets: [message('')] },
  { payload: '1:6', frames: ['6'], packets: [{ type: 'noop', data: '' }] },
  { payload: '6:4hello', frames: ['4hello'], packets: [message('hello')] },
  { payload: '6:2probe1:1', frames: ['2probe', '1'], packets: [{ type: 'ping', data: 'probe' }, { type: 'close', data: '' }] },
  { payload: '5:41:4a1:45:4 \n:\0', frames: ['41:4a', '4', '4 \n:\0'], packets: [message('1:4a'), message(''), message(' \n:\0')] },
  { payload: `12:4${'x'.repeat(11)}`, frames: [`4${'x'.repeat(11)}`], packets: [message('x'.repeat(11))] }
]

for (const { payload, frames, packets } of ASCII) {
  t.test(`the payload ${show(payload)}, both ways, whoever the client is`, async (t) => {
    for (const codec of [textOnly(), modern()]) {
      t.equal(codec.encodePayload(frames), payload)
      t.strictSame(codec.decodePayload(payload), frames)
    }
    t.strictSame(packetsOf(early().decodePayload(payload)), packets)
    for (const peer of [CLIENT_1, CLIENT_2]) {
      t.strictSame(peer.decode(payload), packets, `${peer.name} reads the same`)
      t.equal(peer.encode(packets, false), payload, `${peer.name} writes the same`)
    }
  })
}

/** What holds more, as bytes. */
const BINARY: readonly { payload: Buffer, frames: Frame[], packets: EnginePacket[] }[] = [
  { payload: packet(0, [3], '4é'), frames: ['4é'], packets: [message('é')] },
  { payload: packet(0, [5], '4😀'), frames: ['4😀'], packets: [message('😀')] },
  { payload: packet(1, [5], [4, 1, 2, 3, 255]), frames: [Buffer.of(4, 1, 2, 3, 255)], packets: [message(Buffer.of(1, 2, 3, 255))] },
  { payload: packet(1, [1], [4]), frames: [Buffer.of(4)], packets: [message(Buffer.of())] },
  {
    payload: Buffer.concat([packet(0, [1, 1], '4x\u2028é漢\n'), packet(1, [2], [4, 0]), packet(0, [1], '6')]),
    frames: ['4x\u2028é漢\n', Buffer.of(4, 0), '6'],
    packets: [message('x\u2028é漢\n'), message(Buffer.of(0)), { type: 'noop', data: '' }]
  }
]

for (const { payload, frames, packets } of BINARY) {
  t.test(`the payload of bytes ${payload.toString('hex')}, both ways`, async (t) => {
    for (const codec of [modern(), early()]) {
      t.strictSame(codec.encodePayload(frames), payload)
      t.strictSame(codec.decodePayload(payload), frames)
    }
    t.strictSame(textOnly().decodePayload(payload), frames, 'what is not asked for is still read')
    for (const peer of [CLIENT_1, CLIENT_2]) t.strictSame(peer.decode(payload), packets, `${peer.name} reads the same`)
    t.strictSame(CLIENT_1.encode(packets, true), payload, 'client 1.x writes the same')
  })
}

t.test('the clients 1.0 to 1.3, which read nothing else, get ASCII as bytes too', async (t) => {
  t.strictSame(early().encodePayload(['4hello', '6']), Buffer.concat([packet(0, [6], '4hello'), packet(0, [1], '6')]))
  t.strictSame(early().encodePayload(['4hello', '6']), CLIENT_1.encode([message('hello'), { type: 'noop', data: '' }], true))
})

t.test('those of them that take only text get it as the string of its UTF-8 bytes, before they have said anything', async (t) => {
  const codec = new Engine3Payloads({ binary: false, early: true })
  t.equal(codec.encodePayload(['4é']), '3:4\xc3\xa9')
  t.strictSame(codec.decodePayload('5:4\xc3\xa9\xc3\xa9'), ['4éé'])
  t.equal(codec.encodePayload(['4é']), '3:4\xc3\xa9')
})

t.test('a client that takes only text gets binary as base64', async (t) => {
  const frames = ['4hello', Buffer.of(4, 1, 2, 3, 4)]
  t.equal(textOnly().encodePayload(frames), '6:4hello10:b4AQIDBA==')
  for (const peer of [CLIENT_1, CLIENT_2]) {
    t.strictSame(peer.decode('6:4hello10:b4AQIDBA=='), [message('hello'), message(Buffer.of(1, 2, 3, 4))])
    t.equal(peer.encode([message('hello'), message(Buffer.of(1, 2, 3, 4))], false), '6:4hello10:b4AQIDBA==')
  }
  t.strictSame(packetsOf(modern().decodePayload('6:4hello10:b4AQIDBA==')), [message('hello'), message(Buffer.of(1, 2, 3, 4))])
})

// ---- the two kinds of text, which no request tells apart

const TEXT = '4é漢😀'
const AS_BYTES = '10:4\xc3\xa9\xe6\xbc\xa2\xf0\x9f\x98\x80'
const AS_IT_IS = '5:4é漢😀'

t.test('the official parsers write these two', async (t) => {
  t.equal(CLIENT_1.encode([message(TEXT.slice(1))], false), AS_BYTES)
  t.equal(CLIENT_2.encode([message(TEXT.slice(1))], false), AS_IT_IS)
})

t.test('a client that writes text as bytes is answered in kind', async (t) => {
  const codec = textOnly()
  t.strictSame(codec.decodePayload(AS_BYTES), [TEXT])
  t.equal(codec.encodePayload([TEXT]), AS_BYTES)
  t.strictSame(CLIENT_1.decode(AS_BYTES), [message(TEXT.slice(1))])
})

t.test('a client that writes text as it is is answered in kind, and believed for good', async (t) => {
  const codec = textOnly()
  t.strictSame(codec.decodePayload(AS_IT_IS), [TEXT])
  t.equal(codec.encodePayload([TEXT]), AS_IT_IS)
  t.strictSame(codec.decodePayload('3:4\xc3\xa9'), ['4\xc3\xa9'], 'what happens to look like bytes')
  t.equal(codec.encodePayload([TEXT]), AS_IT_IS)
})

t.test('ASCII says nothing about the client', async (t) => {
  const codec = textOnly()
  codec.decodePayload('6:4hello')
  t.equal(codec.encodePayload(['42["é"]']), '12:42["\\u00e9"]')
  t.equal(codec.encodePayload([TEXT]), AS_IT_IS)
})

t.test('JSON stays such that both kinds read it, until it is certain which the client is', async (t) => {
  const codec = textOnly()
  codec.decodePayload(AS_BYTES)
  t.equal(codec.encodePayload(['42["é"]']), '12:42["\\u00e9"]', 'it may have been chance')
  codec.decodePayload(AS_IT_IS)
  t.equal(codec.encodePayload(['42["é"]']), '7:42["é"]')
  t.equal(new Engine3Payloads({ binary: false, early: true }).encodePayload(['42["é"]']), '8:42["\xc3\xa9"]')
})

t.test('a client whose text only looked like bytes is known at its first text that does not', async (t) => {
  const codec = textOnly()
  t.strictSame(codec.decodePayload('3:4\xc3\xa9'), ['4é'], 'nobody can know')
  t.equal(codec.encodePayload(['4é']), '3:4\xc3\xa9')
  t.strictSame(codec.decodePayload('2:4é3:4\xc3\xa9'), ['4é', '4\xc3\xa9'])
  t.equal(codec.encodePayload(['4é']), '2:4é')
})

t.test('before a client has written anything, its JSON is written so that both kinds read the same', async (t) => {
  const payload = textOnly().encodePayload(['42["é😀\u2028"]'])
  t.equal(payload, '30:42["\\u00e9\\ud83d\\ude00\\u2028"]')
  for (const peer of [CLIENT_1, CLIENT_2]) {
    const [read] = peer.decode(payload)
    t.strictSame(JSON.parse(String(read?.data).slice(1)), ['é😀\u2028'], peer.name)
  }
})

t.test('until then, text that is no JSON is written as it is', async (t) => {
  t.equal(textOnly().encodePayload(['4é']), '2:4é')
})

t.test('what the clients 2.x write with binary beside it is read, in bytes and in base64', async (t) => {
  const packets = [message('é'), message(Buffer.of(1, 2))]
  t.strictSame(packetsOf(modern().decodePayload(CLIENT_2.encode(packets, true))), packets)
  const codec = textOnly()
  t.strictSame(packetsOf(codec.decodePayload(CLIENT_2.encode(packets, false))), packets)
  t.equal(codec.encodePayload(['4é']), '2:4é')
})

// ---- what is no payload

const BROKEN_TEXT = ['', '4', ':', ':4', '4hello', '2:4', '6:4hell', '1:42', '1:41', 'x:4', '-1:4', '+1:4', '1.0:4', '1e0:4', ' 1:4', '١:4',
  '1:7', '1:x', '1:\ufffd', '3:abc', '1:41:', '1:4:', '0:1:7', '00000000001:4', `${'9'.repeat(400)}:4`, '9'.repeat(10), '9'.repeat(1000), '1:4\n']

t.test('text that is cut off, has no length, or holds what is no packet, is a ProtocolError', async (t) => {
  for (const body of BROKEN_TEXT) {
    for (const codec of [textOnly(), modern(), early()]) t.throws(() => codec.decodePayload(body), ProtocolError, show(body))
  }
})

t.test('a packet of no length is none', async (t) => {
  t.strictSame(textOnly().decodePayload('0:'), [], 'as the clients write an empty list')
  t.strictSame(textOnly().decodePayload('0:1:40:'), ['4'])
  for (const peer of [CLIENT_1, CLIENT_2]) {
    t.equal(peer.encode([], false), '0:')
    t.strictSame(peer.decode('0:1:40:'), [message('')])
  }
})

const BROKEN_BYTES = [[], [0], [1], [255], [0, 255], [0, 1], [0, 1, 255], [0, 2, 255, 0x34], [2, 1, 255, 0x34], [0x30, 1, 255, 0x34], [0, 10, 255, 0x34],
  [0, 0x31, 255, 0x34], [0, 1, 254, 0x34], [0, 1, 255, 0x37], [0, 1, 255, 0x34, 0], [0, 1, 255, 0x34, 0, 1], [0, 0, 255], [0, ...Array(11).fill(0), 255],
  [0, ...Array(11).fill(9), 255, 0x34], Array(1000).fill(0), Array(1000).fill(1), Array(1000).fill(255), [...Buffer.from('6:4hello')]]

t.test('bytes that are cut off, have no length, or hold text that is no packet, are a ProtocolError', async (t) => {
  for (const body of BROKEN_BYTES) {
    for (const codec of [textOnly(), modern(), early()]) t.throws(() => codec.decodePayload(Buffer.from(body)), ProtocolError, show(body.slice(0, 20)))
  }
})

t.test('bytes that are no UTF-8 where text should be are read as the replacement character', async (t) => {
  t.strictSame(modern().decodePayload(packet(0, [2], [0x34, 0xff])), ['4\ufffd'])
})

t.test('a broken payload teaches nothing', async (t) => {
  const codec = textOnly()
  t.throws(() => codec.decodePayload('1:'), ProtocolError)
  const peers: readonly [Peer, string][] = [[CLIENT_1, AS_BYTES], [CLIENT_2, AS_IT_IS]]
  for (const [peer, payload] of peers) t.equal(peer.encode([message(TEXT.slice(1))], false), payload)
  t.equal(codec.encodePayload(['42["é"]']), '12:42["\\u00e9"]')
})
