// Both faces without a network: decoded packets of Engine.IO, and revision 1 as the official Server sees it.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Decoder, PacketType } from 'socket.io-parser'
import type { Packet as ParserPacket } from 'socket.io-parser'
import { revision1 } from '../../../src/codec/revision-1.js'
import { isReservedEvent } from '../../../src/codec/socketio.js'
import { setUp as setUpPackets } from '../../kit/fakes/packet-face.js'
import { connected } from '../../kit/fakes/server-face.js'
import type { Packet } from '../../../types/packet.js'
import { isDeep, PART, toBytes, tolerant } from '../target.js'
import type { Target } from '../target.js'

const DIGITS = /^\d+$/

const MESSAGES = [
  '0', '0/chat,', '0/chat?a=b,', '0{"token":1}', '1', '1/chat,', '2["message","x"]', '2["message",{"a":1}]', '2/chat,7["n",1]', '3/chat,7["x"]', '30[]', '31', '4"no"', '4{"message":"x"}', '2[1]', '27["n"]',
  `51-["e",{"_placeholder":true,"num":0}]${PART}y\0\xff`, `52-/chat,3["e",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]${PART}ya${PART}yb`, `61-4[{"_placeholder":true,"num":0}]${PART}y`,
  '51-["e",{"_placeholder":true,"num":7}]', '5999-["e"]', '2["constructor"]', '2["message"]', '2["message",null]', '29999999999999999999["n"]', '2["error","x"]'
]
const message = fc.tuple(
  fc.constantFrom('0', '1', '2', '3', '4', '51-', '61-', '52-'),
  fc.constantFrom('', '/chat,', '/a?b=c,', '/a/b,'),
  fc.constantFrom('', '0', '7', '123', '9007199254740993', ' '),
  fc.oneof(fc.jsonValue().map((value) => JSON.stringify(['e', value])), fc.constantFrom('[]', '{}', '["e",{"_placeholder":true,"num":0}]', '"x"', '["message","é"]'))
).map((parts) => parts.join(''))
const messages = fc.array(fc.oneof(message, fc.constant('ybytes')), { minLength: 1, maxLength: 4 }).map((list) => list.join(PART))

const toMessage = (part: string): string | Buffer => part.startsWith('y') ? toBytes(part.slice(1)) : part

/** What the union says of a packet. */
function typed (packet: Packet): void {
  assert.match(packet.endpoint, /^(?:\/[^,]*)?$/)
  if ('id' in packet) assert.match(String(packet.id), DIGITS)
  if ('args' in packet) assert.ok(Array.isArray(packet.args))
  if (packet.type === 'event') assert.equal(typeof packet.name, 'string')
  if (packet.type === 'message') assert.equal(typeof packet.data, 'string')
}

/** What is told to the application it may send: to this client's application, it is the same packet again. */
function sentBack (packet: Packet, protocol: 3 | 4, input: string): void {
  const { app } = setUpPackets(protocol)
  const sent = tolerant(() => {
    try {
      return app(packet)
    } catch (error) {
      throw isDeep(input) ? error : new Error(`cannot be sent back: ${String(error)}`)
    }
  })
  if (sent === undefined || packet.type === 'connect' || packet.type === 'error' || (packet.type === 'disconnect' && packet.endpoint === '')) return
  const { client } = setUpPackets(protocol)
  const again = client(...sent.heard as (string | Buffer)[])
  // Compared as text: -0 and 1e999 have no form of their own.
  assert.equal(JSON.stringify(again), JSON.stringify([packet]))
}

function packetsRule (input: string, protocol: 3 | 4): void {
  const { client } = setUpPackets(protocol)
  for (const part of input.split(PART)) {
    const packets = tolerant(() => client(toMessage(part)))
    if (packets === undefined) return // the session is over
    for (const packet of packets) {
      typed(packet)
      sentBack(packet, protocol, input)
    }
  }
}

const ENDPOINTS = ['/chat', '/room']

/** Decodes what the Server is given as the Server does, and says what would make it close the connection. */
class Reader {
  readonly #decoder = new Decoder()
  #packet: ParserPacket | undefined

  constructor () {
    this.#decoder.on('decoded', (packet: ParserPacket) => { this.#packet = packet })
  }

  read (piece: string | Buffer): void {
    this.#packet = undefined
    this.#decoder.add(piece)
    const packet = this.#packet as ParserPacket | undefined
    assert.ok(packet !== undefined, 'one piece is one packet')
    const { type, nsp, data, id } = packet
    const { pathname } = new URL(nsp, 'http://localhost')
    assert.equal(pathname, nsp.split('?')[0])
    if (type === PacketType.CONNECT) return
    assert.ok(id === undefined || Number.isSafeInteger(id))
    if (type === PacketType.EVENT) assert.ok(!isReservedEvent(String((data as unknown[])[0])))
  }
}

/** What the Server writes: an event, an acknowledgement or a goodbye, as its own encoder would. */
function fromServer (part: string): (string | Buffer)[] {
  const [, type = '', nsp = '', id = '', json = ''] = /^([a-e])(\/(?:chat|room),)?(\d{0,9})(\[[^]*)?$/.exec(part) ?? []
  let data: unknown
  try {
    data = JSON.parse(json)
  } catch {
    return []
  }
  if (!Array.isArray(data) || isDeep(json)) return []
  const text = JSON.stringify(data)
  if (type === 'a' && data.length > 0) return typeof data[0] === 'string' && !isReservedEvent(data[0]) ? [`2${nsp}${id}${text}`] : []
  if (type === 'b' && id !== '') return [`3${nsp}${id}${text}`]
  if (type === 'c') return [`51-${nsp}["bin",{"_placeholder":true,"num":0}]`, toBytes(id)]
  return type === 'd' ? [`1${nsp}`] : type === 'e' ? [`4${nsp}{"message":"no"}`] : []
}

async function serverRule (input: string): Promise<void> {
  const { client, server, later } = await connected(ENDPOINTS, { maxEndpoints: 4, maxAcks: 3, maxPayload: 200 })
  const reader = new Reader()
  for (const part of input.split(PART)) {
    if (/^[a-e]/.test(part)) {
      for (const frame of server(...fromServer(part))) tolerant(() => revision1.decodePacket(String(frame)))
    } else {
      const pieces = tolerant(() => client(part)) ?? []
      for (const piece of pieces) reader.read(piece)
    }
  }
  for (const piece of await later()) reader.read(piece)
}

export const faceTargets: readonly Target[] = [
  ...([3, 4] as const).map((protocol): Target => ({
    name: `decoded packets, protocol ${protocol}`,
    rule: 'messages are packets as their types say, which the application may send back as they are, or a ProtocolError',
    seeds: MESSAGES,
    grammar: messages,
    share: 0.5,
    run: (input) => packetsRule(input, protocol)
  })),
  {
    name: 'revision 1 for the Server',
    rule: 'whatever both sides say, the Server is given nothing that would make it close the connection, and the client nothing it cannot read',
    seeds: [
      '3:::x', '5:1+:/chat:{"name":"n","args":[1]}', `5:1+::{"name":"n"}${PART}b0["x"]`, `a7["ask"]${PART}6:::1+["answer"]`, `1::/new${PART}3::/new:x`, `0::/chat${PART}1::/chat${PART}3::/chat:x`, '1::/chat?x=1', '1::/ä', '1:://evil', '0::',
      '5:::{"name":"connect"}', '5:::{"name":"disconnecting"}', `d/chat,${PART}3::/chat:x`, 'c', 'e/room,[]', 'a["message","x"]', 'a3["message",{"a":1}]', '4:::[1]', '4:2+:/chat:null', '5:::{"name":"message","args":["x"]}'
    ],
    share: 0.2,
    run: serverRule
  }
]
