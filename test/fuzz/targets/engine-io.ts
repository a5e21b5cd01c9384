// The codecs of Engine.IO 3 and 4: packets, payloads in each of their forms, text as clients 1.x write it.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodePacket, encodeMessage, isFrame, toText } from '../../../src/codec/engine-io.js'
import type { EnginePacket, EngineVersion } from '../../../src/codec/engine-io.js'
import { Engine3Payloads } from '../../../src/codec/engine-io-3.js'
import { engine4 } from '../../../src/codec/engine-io-4.js'
import type { Frame } from '../../../src/codec/packet.js'
import { fromByteString, isAscii, toAsciiJson, toByteString } from '../../../src/codec/text.js'
import { CLIENT_1, CLIENT_2, CLIENT_4 } from '../../unit/codec/engine-parsers.js'
import { lengthOf, PART, toBytes, tolerant, wellFormed } from '../target.js'
import type { Target } from '../target.js'

const PACKETS = ['0{"sid":"a"}', '1', '2', '2probe', '3', '3probe', '4', '4text', '42["e","é"]', '451-["e",{"_placeholder":true,"num":0}]', '5', '6', 'bAQ==', 'b4AQ==', 'b', 'b4', '4Ã©', '4\xc3\xa9', '4\xed\xa0\x80', '4漢😀']
const framed = (packets: readonly string[]): string => packets.map((packet) => `${packet.length}:${packet}`).join('')
const binary = (kind: number, bytes: string): string => String.fromCharCode(kind, ...String(bytes.length).split('').map(Number), 255) + bytes

/** What the old clients' parsers can read in no time. */
const SOME = 5000

/** A frame that is read is written again as the same, as text too. */
function frameRule (frame: Frame, version: EngineVersion): void {
  const packet = tolerant(() => decodePacket(frame, version))
  if (typeof frame === 'string') assert.equal(packet !== undefined, isFrame(frame, version))
  if (packet === undefined) return
  const { type, data } = packet
  assert.ok(data.length <= frame.length)
  if (type !== 'message') return
  const written = encodeMessage(data, version)
  assert.deepEqual(decodePacket(written, version), packet)
  const text = toText(written, version)
  assert.ok(text.length <= data.length * 4 / 3 + 5, `${text.length} characters of ${data.length}`)
  assert.deepEqual(decodePacket(text, version), packet)
}

/** A session's state is what came before: an input is several bodies. The first character says which client it is. */
function textRule (input: string): void {
  const flags = input.charCodeAt(0)
  const session = new Engine3Payloads({ binary: (flags & 1) === 1, early: (flags & 2) === 2 })
  for (const body of input.slice(1).split(PART)) {
    const frames = tolerant(() => session.decodePayload(body))
    if (frames !== undefined) payloadRule(body, frames, session, 3)
  }
}

/** A third more for base64, six times for escapes, and a head for each frame. */
const bound = (frames: readonly Frame[]): number => 6 * lengthOf(frames) + 16 * frames.length

function payloadRule (body: string | Buffer, frames: readonly Frame[], codec: { encodePayload (frames: readonly Frame[]): string | Buffer }, version: EngineVersion): void {
  assert.ok(lengthOf(frames) <= body.length, 'frames are no longer than their body')
  for (const frame of frames) tolerant(() => decodePacket(frame, version))
  if (frames.length > 0) assert.ok(codec.encodePayload(frames).length <= bound(frames), 'what is written has its bound')
}

const asMessages = (frames: readonly Frame[], version: EngineVersion): EnginePacket[] => frames.map((frame) => decodePacket(frame, version))

/** Messages out of an input's parts; those with a letter before them are bytes. */
const toFrames = (input: string, version: EngineVersion): Frame[] => input.split(PART).map((part) =>
  encodeMessage(part.startsWith('y') ? toBytes(part.slice(1)) : wellFormed(part), version))

const parts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string().map((bytes) => `y${bytes}`)), { minLength: 1, maxLength: 6 }).map((list) => list.join(PART))
const text = fc.array(fc.constantFrom('1:', '0:', '2:', '4', '4a', '6', 'b', 'b4', 'AQ==', '\x1e', ':', '-', '9'.repeat(11), '\xc3\xa9', '\ud83d', '\xf4\x90\x80\x80', PART), { maxLength: 14 }).map((list) => list.join(''))
const bytes = fc.array(fc.constantFrom('\0', '\x01', '\x01\xff', '\x02\xff', '\0\x01\xff4', '\x01\x02\xff\x04\0', '\x09\x09', '4', '\x04', '\xff', PART), { maxLength: 14 }).map((list) => list.join(''))

export const engineIoTargets: readonly Target[] = [
  ...([3, 4] as const).map((version): Target => ({
    name: `engine ${version} packet`,
    rule: 'text or bytes are a packet no longer than they are, which is written again as the same, or a ProtocolError',
    seeds: [...PACKETS, '\x04binary', '\x04', ''],
    grammar: text,
    run (input) {
      frameRule(input, version)
      frameRule(toBytes(input), version)
    }
  })),
  {
    name: 'engine 3 payload, text',
    rule: 'bodies, one after the other in one session, are frames no longer than they are, or ProtocolErrors',
    seeds: [`0${framed(PACKETS)}`, `1${framed(['4é'])}${PART}${framed(['4Ã©', '4漢'])}`, `2${framed(['4\xc3\xa9'])}${PART}${framed(['4a'])}`, '30:', '099999999999:4', '0-1:4'],
    grammar: text,
    run: textRule
  },
  {
    name: 'engine 3 payload, bytes',
    rule: 'a body of bytes is frames no longer than it is, or a ProtocolError',
    seeds: [binary(0, '4text') + binary(1, '\x04\0\xff'), binary(0, '4é'), binary(1, '\x05'), binary(0, 'x'), '\0\xff', `\0${'\x09'.repeat(12)}\xff4`, binary(0, `4${'a'.repeat(200)}`)],
    grammar: bytes,
    run (input) {
      const session = new Engine3Payloads({ binary: true, early: false })
      for (const body of input.split(PART).map(toBytes)) {
        const frames = tolerant(() => session.decodePayload(body))
        if (frames !== undefined) payloadRule(body, frames, session, 3)
      }
    }
  },
  {
    name: 'engine 4 payload',
    rule: 'a body is the frames that the client\'s own parser finds in it, or a ProtocolError where that finds none',
    seeds: [PACKETS.join('\x1e'), '\x1e', '4\x1e', '4a\x1ebAQ==\x1e6'],
    grammar: text,
    run (input) {
      const frames = tolerant(() => engine4.decodePayload(input))
      const theirs = CLIENT_4.decode(input)
      assert.equal(frames === undefined, theirs.some(({ type }) => type as string === 'error'))
      assert.throws(() => engine4.decodePayload(toBytes(input)), { name: 'ProtocolError' })
      if (frames === undefined) return
      assert.deepEqual(asMessages(frames, 4), theirs)
      payloadRule(input, frames, engine4, 4)
    }
  },
  {
    name: 'payloads to clients',
    rule: 'messages that are written are read as the same by the clients\' own parsers',
    seeds: ['text', `a${PART}yb${PART}é`, `y\0\xff${PART}漢😀`, '2["e","é"]', '\ufffd\x00\x7f\x80'],
    grammar: parts,
    run (input) {
      const four = toFrames(input, 4)
      // In 4 nothing keeps a text from holding the separator; JSON never does.
      if (!input.includes('\x1e')) assert.deepEqual(CLIENT_4.decode(engine4.encodePayload(four)), asMessages(four, 4))
      const three = toFrames(input, 3)
      const messages = asMessages(three, 3)
      const payload = new Engine3Payloads({ binary: true, early: false }).encodePayload(three)
      assert.ok(payload.length <= bound(three))
      if (input.length > SOME) return // their time is the square of it
      for (const peer of [CLIENT_1, CLIENT_2]) assert.deepEqual(peer.decode(payload), messages)
      assert.deepEqual(CLIENT_1.decode(new Engine3Payloads({ binary: false, early: true }).encodePayload(three)), messages)
      assert.deepEqual(asMessages(new Engine3Payloads({ binary: true, early: true }).decodePayload(payload), 3), messages)
    }
  },
  {
    name: 'text of engine 3',
    rule: 'text survives the way through its bytes, and Socket.IO packets that through ASCII',
    seeds: ['é', '漢😀', 'Ã©', '\xc3', '\xed\xa0\x80', '\xf4\x90\x80\x80', '42["e","é"]', '42/é,["e"]', '4', '43["\u2028"]', '2'],
    grammar: fc.string({ unit: 'binary' }),
    run (input) {
      const read = fromByteString(input)
      assert.ok(read === undefined || read.length <= input.length)
      if (isAscii(input)) assert.equal(read, input)
      const written = wellFormed(input)
      assert.equal(fromByteString(toByteString(written)), written)
      assert.ok(toByteString(written).length <= 3 * written.length)
      const ascii = toAsciiJson(input)
      assert.ok(ascii.length <= 6 * input.length)
      if (ascii === input) return
      assert.ok(isAscii(ascii))
      const at = ascii.search(/["[{]/)
      assert.equal(ascii.slice(0, at), input.slice(0, at))
      assert.deepEqual(JSON.parse(ascii.slice(at)), JSON.parse(input.slice(at)))
    }
  }
]
