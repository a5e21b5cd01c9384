import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { ProtocolError } from '../../../src/codec/packet.js'
import type { WirePacket } from '../../../src/codec/packet.js'
import { revision1 } from '../../../src/codec/revision-1.js'
import { holds } from './holds.js'

/** Any UTF-16 text, lone surrogates included. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom(':', '+', '/', '0', '\n', '"', '\\', '\u2028', '\u2029', '\ufffd', '😀', '\ud83d') })
)
/** Any JSON value, `__proto__` keys included; -0 has no form in JSON. */
const json = fc.jsonValue({ stringUnit: 'binary' }).map((value): unknown => JSON.parse(JSON.stringify(value)))
const keyed = fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', '', '\u2028'), json)
  .map((value): unknown => JSON.parse(JSON.stringify(value)))
const value = fc.oneof(json, keyed, text)
const args = fc.array(value, { maxLength: 4 })
const endpoint = text.map((name) => name.replaceAll(':', ''))
const id = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 30 })
const asking = fc.oneof(fc.constant({}), fc.record({ id, ack: fc.constantFrom('plain' as const, 'data' as const) }, { noNullPrototype: true }))
const reason = fc.constantFrom('transport not supported' as const, 'client not handshaken' as const, 'unauthorized' as const)
const query = text.filter((data) => data !== '')

const packet: fc.Arbitrary<WirePacket> = fc.oneof(
  fc.record({ type: fc.constant('disconnect' as const), endpoint }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('connect' as const), endpoint, query }, { requiredKeys: ['type', 'endpoint'], noNullPrototype: true }),
  fc.constant({ type: 'heartbeat' as const }),
  fc.tuple(fc.record({ type: fc.constant('message' as const), endpoint, data: text }, { noNullPrototype: true }), asking).map(([rest, asked]) => ({ ...rest, ...asked })),
  fc.tuple(fc.record({ type: fc.constant('json' as const), endpoint, data: value }, { noNullPrototype: true }), asking).map(([rest, asked]) => ({ ...rest, ...asked })),
  fc.tuple(fc.record({ type: fc.constant('event' as const), endpoint, name: text, args }, { noNullPrototype: true }), asking).map(([rest, asked]) => ({ ...rest, ...asked })),
  fc.record({ type: fc.constant('ack' as const), endpoint, id, args }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('error' as const), endpoint, reason, advice: fc.constant('reconnect' as const) }, { requiredKeys: ['type', 'endpoint'], noNullPrototype: true }),
  fc.constant({ type: 'noop' as const })
)

/** What `decode` makes of the text, or nothing when it throws the only error it may. */
function tolerant <T> (decode: (text: string) => T, input: string): T | undefined {
  try {
    return decode(input)
  } catch (error) {
    assert.ok(error instanceof ProtocolError, `${String(error)} is no ProtocolError`)
    return undefined
  }
}

t.test('every packet that is written is read as the same packet', async (t) => {
  holds(t, fc.property(packet, (written) => {
    assert.deepEqual(revision1.decodePacket(revision1.encodePacket(written)), written)
  }))
})

t.test('no packet begins with the mark of a framed payload', async (t) => {
  holds(t, fc.property(packet, (written) => {
    assert.match(revision1.encodePacket(written), /^[0-8]:/)
  }))
})

t.test('no JSON that is written holds a raw line separator', async (t) => {
  holds(t, fc.property(value, args, text, (data, list, name) => {
    const written = [
      revision1.encodePacket({ type: 'json', endpoint: '', data }),
      revision1.encodePacket({ type: 'event', endpoint: '', name, args: list }),
      revision1.encodePacket({ type: 'ack', endpoint: '', id: '1', args: list })
    ]
    for (const frame of written) assert.doesNotMatch(frame, /[\u2028\u2029]/)
  }))
})

t.test('every payload that is written is read as the same frames', async (t) => {
  // A single frame is bare: it may not be empty nor begin with the mark, and no packet does.
  const frames = fc.array(text, { maxLength: 6 }).filter(([first = '', ...rest]) => rest.length > 0 || /^[^\ufffd]/.test(first))
  holds(t, fc.property(frames, (written) => {
    assert.deepEqual(revision1.decodePayload(revision1.encodePayload(written)), written)
  }))
})

t.test('packets survive the way through a payload', async (t) => {
  holds(t, fc.property(fc.array(packet, { maxLength: 6 }), (written) => {
    const payload = revision1.encodePayload(written.map(revision1.encodePacket))
    assert.deepEqual(revision1.decodePayload(payload).map(revision1.decodePacket), written)
  }))
})

t.test('any text is a packet or a ProtocolError, and what is a packet can be written again', async (t) => {
  const nearly = fc.tuple(
    fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ''),
    fc.constantFrom(':', '::', ':::', ':1:', ':1+::', ':+:/a:', '::/a:'),
    fc.oneof(text, value.map((data) => JSON.stringify(data)), fc.constantFrom('1+', '1+[', '{"name":', '{"name":"x","args":1}'))
  ).map((parts) => parts.join(''))
  holds(t, fc.property(fc.oneof(text, nearly), (input) => {
    const read = tolerant(revision1.decodePacket, input)
    if (read !== undefined) assert.deepEqual(revision1.decodePacket(revision1.encodePacket(read)), read)
  }))
})

t.test('any body is a list of frames that are all in it, or a ProtocolError', async (t) => {
  const nearly = fc.array(fc.constantFrom('\ufffd', '\ufffd3\ufffd', '8::', '0', '1', '-', '.', '\ud83d', '9'.repeat(20)), { maxLength: 12 })
    .map((parts) => parts.join(''))
  holds(t, fc.property(fc.oneof(text, nearly, nearly.map((rest) => '\ufffd' + rest)), (input) => {
    const frames = tolerant(revision1.decodePayload, input) ?? []
    for (const frame of frames) assert.ok(input.includes(frame))
    assert.ok(frames.join('').length <= input.length)
  }))
})
