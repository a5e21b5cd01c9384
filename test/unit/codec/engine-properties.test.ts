// What holds for any text and bytes: the codecs of Engine.IO against the clients' own parsers, and against noise.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { decodePacket, encodeMessage, TYPE } from '../../../src/codec/engine-io.js'
import type { EnginePacket, EngineVersion } from '../../../src/codec/engine-io.js'
import { Engine3Payloads } from '../../../src/codec/engine-io-3.js'
import { engine4 } from '../../../src/codec/engine-io-4.js'
import { ProtocolError } from '../../../src/codec/packet.js'
import type { Frame, PayloadCodec } from '../../../src/codec/packet.js'
import { stopwatch } from '../../kit/stopwatch.js'
import { CLIENT_1, CLIENT_2, CLIENT_4 } from './engine-parsers.js'
import type { Peer } from './engine-parsers.js'
import { holds } from './holds.js'

/** Text that has a form in UTF-8; control characters, separators and what looks like UTF-8 in it. */
const wellFormed = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\x1f', ':', '1', '"', '\\', '\u2028', '\xc3', '\xa9', '\ufffd', '漢', '😀', '\0') })
)
/** Any UTF-16, and what nearly is a payload. */
const noise = fc.oneof(
  wellFormed,
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom('1:', '0:', '2:', '4', '4a', '6', 'b', 'b4', 'AQ==', '\x1e', ':', '-', '9'.repeat(11), '\xc3\xa9', '\ud83d', '\xf4\x90\x80\x80'), { maxLength: 12 })
    .map((parts) => parts.join(''))
)
const noisyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(fc.constantFrom([0], [1], [1, 255], [2, 255], [0, 1, 255, 52], [1, 2, 255, 4, 0], [9, 9], [52], [4], [255]), { maxLength: 12 }).map((parts) => Uint8Array.from(parts.flat()))
).map((bytes) => Buffer.from(bytes))

const bytes = fc.uint8Array({ maxLength: 20 }).map((some) => Buffer.from(some))
const packets = (text: fc.Arbitrary<string>): fc.Arbitrary<EnginePacket[]> => fc.array(fc.oneof(
  fc.oneof(text, bytes).map((data): EnginePacket => ({ type: 'message', data })),
  fc.constantFrom('close', 'ping', 'pong', 'upgrade', 'noop').map((type): EnginePacket => ({ type, data: '' }))
), { minLength: 1, maxLength: 6 })

const frameOf = (version: EngineVersion) => ({ type, data }: EnginePacket): Frame => type === 'message' ? encodeMessage(data, version) : TYPE[type] + String(data)
const decoded = (codec: PayloadCodec, payload: string | Buffer, version: EngineVersion): EnginePacket[] =>
  codec.decodePayload(payload).map((frame) => decodePacket(frame, version))

interface Pairing { peer: Peer, version: EngineVersion, codec: (binary: boolean) => PayloadCodec, text?: fc.Arbitrary<string> }

/** Only what is not ASCII tells the two kinds of 3 apart, and the second is taken for the first when it looks like it. */
const unmistakable = wellFormed.map((text) => `${text}\xff`)

/** The separator of 4 has no other form: its clients do not escape it, since JSON never holds it as it is. */
const separable = wellFormed.map((text) => text.replaceAll('\x1e', '\x1f'))

/** No packet of Socket.IO, whose JSON is written in ASCII: the same to its client, but not the same text (docs/engine-3-payloads.md). */
const raw = wellFormed.map((text) => `-${text}`)

const PAIRINGS: readonly Pairing[] = [
  { peer: CLIENT_4, version: 4, codec: () => engine4, text: separable },
  { peer: CLIENT_1, version: 3, codec: (binary) => new Engine3Payloads({ binary, early: false }), text: raw },
  { peer: CLIENT_1, version: 3, codec: (binary) => new Engine3Payloads({ binary, early: true }) },
  { peer: CLIENT_2, version: 3, codec: (binary) => new Engine3Payloads({ binary, early: false }), text: unmistakable }
]

for (const { peer, version, codec, text = wellFormed } of PAIRINGS) {
  t.test(`what ${peer.name} writes is read as it was meant, and once it has written, it reads what is written to it`, async (t) => {
    holds(t, fc.property(packets(text), packets(text), fc.boolean(), (up, down, binary) => {
      const session = codec(binary)
      assert.deepEqual(decoded(session, peer.encode(up, binary), version), up)
      // In text, whoever has said nothing but ASCII is not known yet.
      decoded(session, peer.encode([{ type: 'message', data: 'ÿ' }], false), version)
      assert.deepEqual(peer.decode(session.encodePayload(down.map(frameOf(version)))), down)
    }))
  })
}

t.test('JSON of Socket.IO reaches clients 1.x and 2.x that have said nothing yet', async (t) => {
  const json = fc.jsonValue({ stringUnit: 'binary' }).map((value): unknown => JSON.parse(JSON.stringify(value)))
  holds(t, fc.property(fc.array(json, { minLength: 1, maxLength: 3 }), fc.boolean(), (list, binary) => {
    const payload = new Engine3Payloads({ binary, early: false }).encodePayload([`42${JSON.stringify(list)}`])
    for (const peer of [CLIENT_1, CLIENT_2]) assert.deepEqual(JSON.parse(String(peer.decode(payload)[0]?.data).slice(1)), list)
  }))
})

/** What is read, or nothing when the only error comes that may. */
function tolerant <T> (read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof ProtocolError, `${String(error)} is no ProtocolError`)
    return undefined
  }
}

t.test('any text is a packet or a ProtocolError, and so are any bytes', async (t) => {
  holds(t, fc.property(fc.oneof(noise, noisyBytes), fc.constantFrom<EngineVersion>(3, 4), (frame, version) => {
    const packet = tolerant(() => decodePacket(frame, version))
    if (packet !== undefined) assert.ok(packet.data.length <= frame.length)
  }))
})

t.test('any text is a payload of 4 exactly if the client\'s own parser takes it for one', async (t) => {
  holds(t, fc.property(noise, (body) => {
    const read = tolerant(() => decoded(engine4, body, 4))
    const theirs = CLIENT_4.decode(body)
    assert.deepEqual(read, theirs.some(({ type }) => type as string === 'error') ? undefined : theirs)
  }))
})

t.test('any body is a payload of 3 or a ProtocolError, whatever has come before it', async (t) => {
  const body = fc.oneof(noise, noisyBytes)
  holds(t, fc.property(fc.array(body, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.boolean(), (bodies, binary, early) => {
    const session = new Engine3Payloads({ binary, early })
    for (const one of bodies) {
      const frames = tolerant(() => session.decodePayload(one)) ?? []
      assert.ok(frames.reduce((sum, frame) => sum + frame.length, 0) <= one.length)
      for (const frame of frames) tolerant(() => decodePacket(frame, 3))
    }
  }))
})

// ---- time

const MANY = 100_000

/** Bodies of so many parts, good and bad; each is read in one pass or is quadratic. */
const BODIES: readonly [name: string, body: (count: number) => string | Buffer, read: (body: string | Buffer) => unknown][] = [
  ['empty packets of 3', (count) => '0:'.repeat(count), (body) => new Engine3Payloads({ binary: false, early: false }).decodePayload(body)],
  ['packets of 3', (count) => '1:4'.repeat(count), (body) => new Engine3Payloads({ binary: false, early: false }).decodePayload(body)],
  ['digits', (count) => '1'.repeat(count), (body) => new Engine3Payloads({ binary: false, early: false }).decodePayload(body)],
  ['halves of characters', (count) => `${count * 2 + 1}:4${'\xe2\x82'.repeat(count)}`, (body) => new Engine3Payloads({ binary: false, early: false }).decodePayload(body)],
  ['bytes of text', (count) => `${count * 2 + 1}:4${'\xc3\xa9'.repeat(count)}`, (body) => new Engine3Payloads({ binary: false, early: false }).decodePayload(body)],
  ['packets of bytes', (count) => Buffer.from('\0\x01\xff4'.repeat(count), 'latin1'), (body) => new Engine3Payloads({ binary: true, early: false }).decodePayload(body)],
  ['zeros', (count) => Buffer.alloc(count), (body) => new Engine3Payloads({ binary: true, early: false }).decodePayload(body)],
  ['separators', (count) => '\x1e'.repeat(count), (body) => engine4.decodePayload(body)],
  ['packets of 4', (count) => `4${'\x1e4'.repeat(count)}`, (body) => engine4.decodePayload(body)]
]

function timeOf (run: () => unknown): number {
  const passed = stopwatch()
  tolerant(run)
  return passed()
}

for (const [name, body, read] of BODIES) {
  t.test(`a body of many ${name} takes time in proportion to its length`, async (t) => {
    // Linear, it is a tenth of that at most; quadratic, it is many seconds. A busy machine is asked again.
    const whole = body(MANY)
    const times = [0, 0, 0].map(() => timeOf(() => read(whole)))
    t.ok(Math.min(...times) < 1000, `${times.map(Math.round).join(', ')} ms`)
  })
}
