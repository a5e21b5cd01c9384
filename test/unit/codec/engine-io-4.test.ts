import t from 'tap'
import { decodePacket } from '../../../src/codec/engine-io.js'
import type { EnginePacket } from '../../../src/codec/engine-io.js'
import { engine4 } from '../../../src/codec/engine-io-4.js'
import { ProtocolError } from '../../../src/codec/packet.js'
import type { Frame } from '../../../src/codec/packet.js'
import { CLIENT_4 } from './engine-parsers.js'
import { show } from './show.js'

const message = (data: string | Buffer): EnginePacket => ({ type: 'message', data })

/** Payloads, their frames, and what the packets in them are. */
const CASES: readonly { payload: string, frames: Frame[], packets: EnginePacket[] }[] = [
  { payload: '4', frames: ['4'], packets: [message('')] },
  { payload: '6', frames: ['6'], packets: [{ type: 'noop', data: '' }] },
  { payload: '4hello', frames: ['4hello'], packets: [message('hello')] },
  { payload: '4a\x1e4b\x1e4c', frames: ['4a', '4b', '4c'], packets: [message('a'), message('b'), message('c')] },
  { payload: '4\x1e4', frames: ['4', '4'], packets: [message(''), message('')] },
  { payload: '2\x1e3probe\x1e1', frames: ['2', '3probe', '1'], packets: [{ type: 'ping', data: '' }, { type: 'pong', data: 'probe' }, { type: 'close', data: '' }] },
  { payload: '4é漢😀\u2028\ufffd\0', frames: ['4é漢😀\u2028\ufffd\0'], packets: [message('é漢😀\u2028\ufffd\0')] },
  { payload: '43:abc', frames: ['43:abc'], packets: [message('3:abc')] },
  { payload: 'bAQIDBA==', frames: [Buffer.of(1, 2, 3, 4)], packets: [message(Buffer.of(1, 2, 3, 4))] },
  { payload: '4hello\x1eb\x1eb+/++\x1e4€', frames: ['4hello', Buffer.of(), Buffer.of(0xfb, 0xff, 0xbe), '4€'], packets: [message('hello'), message(Buffer.of()), message(Buffer.of(0xfb, 0xff, 0xbe)), message('€')] }
]

for (const { payload, frames, packets } of CASES) {
  t.test(`the payload ${show(payload)}, both ways`, async (t) => {
    t.equal(engine4.encodePayload(frames), payload)
    t.strictSame(engine4.decodePayload(payload).map((frame) => decodePacket(frame, 4)), packets)
    t.strictSame(CLIENT_4.decode(payload), packets, 'the client reads the same')
    t.equal(CLIENT_4.encode(packets, true), payload, 'the client writes the same')
  })
}

t.test('a body with anything in it that is no packet is a ProtocolError, as to the client', async (t) => {
  for (const body of ['', '\x1e', '4a\x1e', '\x1e4a', '4a\x1e\x1e4b', 'abc', '7', '4a\x1ex', '8:4', ' 4', '\ufeff4', '{"type":4}']) {
    t.throws(() => engine4.decodePayload(body), ProtocolError, show(body))
    t.ok(CLIENT_4.decode(body).some(({ type }) => type as string === 'error'), show(body))
  }
})

t.test('a body of bytes is a ProtocolError', async (t) => {
  for (const body of [Buffer.of(), Buffer.from('4hello'), Buffer.of(0, 1, 255, 0x34)]) t.throws(() => engine4.decodePayload(body), ProtocolError)
})
