import t from 'tap'
import { decodePacket, encodeMessage, isFrame, PROBE, toText, TYPE } from '../../../src/codec/engine-io.js'
import type { EnginePacket, EngineVersion } from '../../../src/codec/engine-io.js'
import { ProtocolError } from '../../../src/codec/packet.js'
import type { Frame } from '../../../src/codec/packet.js'
import { CLIENT_2, CLIENT_4 } from './engine-parsers.js'
import { show } from './show.js'

const VERSIONS: readonly EngineVersion[] = [3, 4]

interface Case { frame: Frame, packet: EnginePacket }

/** Text, the same in both versions. */
const TEXTS: readonly Case[] = [
  { frame: '0{"sid":"x"}', packet: { type: 'open', data: '{"sid":"x"}' } },
  { frame: '1', packet: { type: 'close', data: '' } },
  { frame: '2', packet: { type: 'ping', data: '' } },
  { frame: '2probe', packet: { type: 'ping', data: 'probe' } },
  { frame: '3', packet: { type: 'pong', data: '' } },
  { frame: '3probe', packet: { type: 'pong', data: 'probe' } },
  { frame: '4', packet: { type: 'message', data: '' } },
  { frame: '4hello', packet: { type: 'message', data: 'hello' } },
  { frame: '42["a",1]', packet: { type: 'message', data: '2["a",1]' } },
  { frame: '4b', packet: { type: 'message', data: 'b' } },
  { frame: '4\x1e\n:é😀\u2028\ud83d', packet: { type: 'message', data: '\x1e\n:é😀\u2028\ud83d' } },
  { frame: '5', packet: { type: 'upgrade', data: '' } },
  { frame: '6', packet: { type: 'noop', data: '' } }
]

/** Binary messages: as a frame, and as the text that stands for it. */
const BINARY: Record<EngineVersion, readonly { bytes: number[], frame: number[], text: string }[]> = {
  3: [
    { bytes: [], frame: [4], text: 'b4' },
    { bytes: [0], frame: [4, 0], text: 'b4AA==' },
    { bytes: [1, 2, 3, 4], frame: [4, 1, 2, 3, 4], text: 'b4AQIDBA==' },
    { bytes: [0xfb, 0xff, 0xbe], frame: [4, 0xfb, 0xff, 0xbe], text: 'b4+/++' }
  ],
  4: [
    { bytes: [], frame: [], text: 'b' },
    { bytes: [0], frame: [0], text: 'bAA==' },
    { bytes: [1, 2, 3, 4], frame: [1, 2, 3, 4], text: 'bAQIDBA==' },
    { bytes: [0xfb, 0xff, 0xbe], frame: [0xfb, 0xff, 0xbe], text: 'b+/++' }
  ]
}

for (const version of VERSIONS) {
  t.test(`text packets of ${version} are read as what their first character says`, async (t) => {
    for (const { frame, packet } of TEXTS) {
      t.strictSame(decodePacket(frame, version), packet, show(frame))
      t.equal(toText(frame, version), frame)
      if (packet.type === 'message') t.equal(encodeMessage(packet.data, version), frame)
    }
  })

  t.test(`binary messages of ${version} are bytes, or base64 where only text goes`, async (t) => {
    for (const { bytes, frame, text } of BINARY[version]) {
      const packet = { type: 'message', data: Buffer.from(bytes) } as const
      t.strictSame(encodeMessage(packet.data, version), Buffer.from(frame), text)
      t.strictSame(decodePacket(Buffer.from(frame), version), packet, text)
      t.equal(toText(Buffer.from(frame), version), text)
      t.strictSame(decodePacket(text, version), packet, text)
    }
  })

  t.test(`what is no packet of ${version} is a ProtocolError`, async (t) => {
    for (const frame of ['', '7', '9', 'x', ' 4', '-1', '+4', 'B', '\ufffd', '٤', '\x004', '[4]']) {
      t.throws(() => decodePacket(frame, version), ProtocolError, show(frame))
      t.notOk(isFrame(frame, version), show(frame))
    }
  })
}

t.test('in 3, binary that is no message is a ProtocolError', async (t) => {
  for (const frame of [Buffer.of(), Buffer.of(0), Buffer.of(2, 1), Buffer.of(5), Buffer.of(0x34, 1), Buffer.of(255), 'b', 'b0', 'b2AQ==', 'b5', 'bAQIDBA==', 'b 4']) {
    t.throws(() => decodePacket(frame, 3), ProtocolError, show(frame))
  }
})

t.test('in 4, a binary message may begin with any byte', async (t) => {
  for (let byte = 0; byte < 256; byte++) t.strictSame(decodePacket(Buffer.of(byte), 4), { type: 'message', data: Buffer.of(byte) })
})

t.test('every type, with and without data, is that of the clients\' own parsers', async (t) => {
  for (const [type, character] of Object.entries(TYPE) as [EnginePacket['type'], string][]) {
    for (const data of ['', 'x']) {
      t.equal(CLIENT_2.encode([{ type, data }], true), `${1 + data.length}:${character}${data}`)
      t.equal(CLIENT_4.encode([{ type, data }], true), character + data)
    }
  }
})

t.test('binary packets are those of the clients\' own parsers', async (t) => {
  for (const { bytes, text } of BINARY[3]) t.equal(CLIENT_2.encode([{ type: 'message', data: Buffer.from(bytes) }], false), `${text.length}:${text}`)
  for (const { bytes, text } of BINARY[4]) t.equal(CLIENT_4.encode([{ type: 'message', data: Buffer.from(bytes) }], false), text)
})

t.test('a probe and its answer', async (t) => {
  t.strictSame(PROBE, { ping: '2probe', pong: '3probe' })
})
