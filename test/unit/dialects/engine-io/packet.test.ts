import t from 'tap'
import * as msgpack from 'socket.io-msgpack-parser'
import { ProtocolError } from '../../../../src/codec/packet.js'
import type { ParserModule } from '../../../../types/options.js'
import type { OutgoingPacket, Packet } from '../../../../types/packet.js'
import { show } from '../../codec/show.js'
import { setUp } from '../../../kit/fakes/packet-face.js'

const VERSIONS = [3, 4] as const
const BYTES = Buffer.of(1, 2, 255)
const PLACEHOLDER = '{"_placeholder":true,"num":0}'
type Message = string | Buffer

/** What a client sends, and what the application sees of it; the same in both versions. */
const INCOMING: readonly [Message[], Packet][] = [
  [['0/chat,'], { type: 'connect', endpoint: '/chat' }],
  [['0/chat'], { type: 'connect', endpoint: '/chat' }],
  [['0/chat?token=9&a=b,'], { type: 'connect', endpoint: '/chat', query: '?token=9&a=b' }],
  [['0/chat,{"token":9}'], { type: 'connect', endpoint: '/chat', auth: { token: 9 } }],
  [['0/chat,{}'], { type: 'connect', endpoint: '/chat', auth: {} }],
  [['1'], { type: 'disconnect', endpoint: '' }],
  [['1/chat,'], { type: 'disconnect', endpoint: '/chat' }],
  [['2["message","hi"]'], { type: 'message', endpoint: '', data: 'hi' }],
  [['2["message",""]'], { type: 'message', endpoint: '', data: '' }],
  [['2/chat,12["message","é😀\u2028"]'], { type: 'message', endpoint: '/chat', data: 'é😀\u2028', id: '12', ack: 'data' }],
  [['2["message",{"a":[null]}]'], { type: 'json', endpoint: '', data: { a: [null] } }],
  [['20["message",null]'], { type: 'json', endpoint: '', data: null, id: '0', ack: 'data' }],
  [['2["message"]'], { type: 'event', endpoint: '', name: 'message', args: [] }],
  [['2["message","a","b"]'], { type: 'event', endpoint: '', name: 'message', args: ['a', 'b'] }],
  [['2["n"]'], { type: 'event', endpoint: '', name: 'n', args: [] }],
  [['2["",1]'], { type: 'event', endpoint: '', name: '', args: [1] }],
  [['2[7,1]'], { type: 'event', endpoint: '', name: '7', args: [1] }],
  [['2/chat,7["n",1,{"b":"x"}]'], { type: 'event', endpoint: '/chat', name: 'n', args: [1, { b: 'x' }], id: '7', ack: 'data' }],
  [['37[]'], { type: 'ack', endpoint: '', id: '7', args: [] }],
  [['37'], { type: 'ack', endpoint: '', id: '7', args: [] }],
  [['3/chat,7["x",1]'], { type: 'ack', endpoint: '/chat', id: '7', args: ['x', 1] }],
  [['4/chat,"no"'], { type: 'error', endpoint: '/chat' }],
  [['4{"message":"no"}'], { type: 'error', endpoint: '' }],
  [[`51-["n",${PLACEHOLDER}]`, BYTES], { type: 'event', endpoint: '', name: 'n', args: [BYTES] }],
  [[`51-/chat,7["n",{"a":${PLACEHOLDER}}]`, BYTES], { type: 'event', endpoint: '/chat', name: 'n', args: [{ a: BYTES }], id: '7', ack: 'data' }],
  [[`52-["n",${PLACEHOLDER},{"_placeholder":true,"num":1}]`, BYTES, Buffer.of()], { type: 'event', endpoint: '', name: 'n', args: [BYTES, Buffer.of()] }],
  [[`51-["message",${PLACEHOLDER}]`, BYTES], { type: 'json', endpoint: '', data: BYTES }],
  [[`61-7[${PLACEHOLDER}]`, BYTES], { type: 'ack', endpoint: '', id: '7', args: [BYTES] }]
]

/** What the application sends, and what the client hears; the same in both versions. */
const OUTGOING: readonly [OutgoingPacket, Message[]][] = [
  [{ type: 'disconnect', endpoint: '/chat' }, ['1/chat,']],
  [{ type: 'message', data: '' }, ['2["message",""]']],
  [{ type: 'message', data: 'é"\n' }, ['2["message","é\\"\\n"]']],
  [{ type: 'message', data: 'x', endpoint: '/chat' }, ['2/chat,["message","x"]']],
  [{ type: 'message', data: 'x', endpoint: '/' }, ['2["message","x"]']],
  [{ type: 'message', data: 'x', id: '9' }, ['2["message","x"]']],
  [{ type: 'message', data: 'x', id: '9', ack: 'data' }, ['29["message","x"]']],
  [{ type: 'message', data: 'x', id: '9', ack: 'plain' }, ['29["message","x"]']],
  [{ type: 'json', data: { a: [1, null] } }, ['2["message",{"a":[1,null]}]']],
  [{ type: 'json', data: null }, ['2["message",null]']],
  [{ type: 'event', name: 'n' }, ['2["n"]']],
  [{ type: 'event', name: 'n', args: [1, 'ä'], endpoint: '/chat', id: '007', ack: 'data' }, ['2/chat,7["n",1,"ä"]']],
  [{ type: 'ack', id: '7' }, ['37[]']],
  [{ type: 'ack', id: '0', args: ['x', 1], endpoint: '/chat' }, ['3/chat,0["x",1]']],
  [{ type: 'event', name: 'n', args: [BYTES] }, [`51-["n",${PLACEHOLDER}]`, BYTES]],
  [{ type: 'event', name: 'n', args: [{ a: BYTES }], endpoint: '/chat', id: '7', ack: 'data' }, [`51-/chat,7["n",{"a":${PLACEHOLDER}}]`, BYTES]],
  [{ type: 'json', data: BYTES }, [`51-["message",${PLACEHOLDER}]`, BYTES]],
  [{ type: 'ack', id: '7', args: [BYTES, Buffer.of()] }, [`62-7[${PLACEHOLDER},{"_placeholder":true,"num":1}]`, BYTES, Buffer.of()]]
]

/** What differs: how a client is told that it is connected, or refused. */
const BY_VERSION: readonly [OutgoingPacket, Record<3 | 4, string>][] = [
  [{ type: 'connect' }, { 3: '0', 4: '0{"sid":"abc"}' }],
  [{ type: 'connect', endpoint: '/chat' }, { 3: '0/chat,', 4: '0/chat,{"sid":"abc"}' }],
  [{ type: 'connect', endpoint: '/chat', query: '?a=b', auth: { token: 9 } }, { 3: '0/chat,', 4: '0/chat,{"sid":"abc"}' }],
  [{ type: 'error', endpoint: '/chat' }, { 3: '4/chat,"unauthorized"', 4: '4/chat,{"message":"unauthorized"}' }],
  [{ type: 'error', reason: 'client not handshaken', advice: 'reconnect' }, { 3: '4"client not handshaken"', 4: '4{"message":"client not handshaken"}' }]
]

for (const version of VERSIONS) {
  t.test(`what a client of ${version} sends, decoded`, async (t) => {
    for (const [messages, packet] of INCOMING) {
      const { client, heard } = setUp(version)
      t.strictSame(client(...messages), [packet], show(packet))
      t.strictSame(heard(), [], 'and nobody answers by itself')
    }
  })

  t.test(`what the application sends to a client of ${version}`, async (t) => {
    for (const [packet, messages] of OUTGOING) t.strictSame(setUp(version).app(packet).heard, messages, show(packet))
    for (const [packet, message] of BY_VERSION) t.strictSame(setUp(version).app(packet).heard, [message[version]], show(packet))
  })

  t.test(`the default endpoint is connected for a client of ${version} that asks, and nobody is told`, async (t) => {
    for (const ask of ['0', '0/,', '0/?a=b,', '0{"token":9}']) {
      const { client, heard } = setUp(version)
      t.strictSame(client(ask), [], ask)
      t.strictSame(heard(), [version === 3 ? '0' : '0{"sid":"abc"}'], ask)
    }
  })

  t.test(`where somebody else answers the messages of ${version}, it is left to them`, async (t) => {
    const { client, heard } = setUp(version, { raw: true })
    t.strictSame(client('0', '0/chat,'), [{ type: 'connect', endpoint: '/chat' }])
    t.strictSame(heard(), [])
  })

  t.test(`ids count per session of ${version} from 0, and only what asks takes one`, async (t) => {
    const { app } = setUp(version)
    t.strictSame(app({ type: 'message', data: 'a', ack: 'data' }), { id: '0', heard: ['20["message","a"]'] })
    t.strictSame(app({ type: 'event', name: 'b', ack: 'plain', endpoint: '/chat' }), { id: '1', heard: ['2/chat,1["b"]'] })
    t.strictSame(app({ type: 'message', data: 'c' }), { id: undefined, heard: ['2["message","c"]'] })
    t.strictSame(app({ type: 'json', data: 1, ack: 'data', id: '50' }), { id: '50', heard: ['250["message",1]'] })
    t.strictSame(app({ type: 'message', data: 'd', ack: 'data' }), { id: '2', heard: ['22["message","d"]'] })
    t.equal(app({ type: 'connect', endpoint: '/chat' }).id, undefined)
    t.equal(app({ type: 'ack', id: '7' }).id, undefined)
  })

  t.test(`to leave the default endpoint of ${version} ends the session, to leave another does not`, async (t) => {
    const { app, seen } = setUp(version)
    app({ type: 'disconnect', endpoint: '/chat' })
    t.equal(seen.closed, 0)
    t.strictSame(app({ type: 'disconnect' }).heard, ['1'])
    t.equal(seen.closed, 1)
    app({ type: 'disconnect', endpoint: '/' })
    t.equal(seen.closed, 2, 'it has a second name')
  })

  t.test(`each piece of a packet for a client of ${version} is as volatile as the packet`, async (t) => {
    const { app, seen } = setUp(version)
    app({ type: 'event', name: 'n', args: [BYTES] }, { volatile: true })
    app({ type: 'event', name: 'n' })
    app({ type: 'connect', endpoint: '/chat' }, { volatile: true })
    t.strictSame(seen.options, [{ volatile: true }, { volatile: true }, {}, { volatile: true }])
  })
}

// ---- what is none

const NO_PACKET: readonly Message[][] = [
  ['7'], ['x'], ['é'], ['[]'], ['2'], ['2{}'], ['2[]'], ['2[null]'], ['2[{}]'], ['2["n"'], ['2"n"'], ['2/chat'], ['27'], ['2["connect"]'], ['2["disconnecting",1]'],
  ['1{}'], ['1[]'], ['3'], ['3[]'], ['3["x"]'], ['37{}'], ['37"x"'], ['47["x"'], ['0[]'], ['0"x"'], ['07[['],
  [BYTES], ['5["n"]'], ['50-["n"]'], ['51["n"]'], ['5-1-["n"]'], ['51.5-["n"]'], ['51x-["n"]'],
  [`51-["n",${PLACEHOLDER}]`, '2["n"]'], ['51-["n",{"_placeholder":true,"num":1}]', BYTES], ['51-["n",{"_placeholder":true,"num":-1}]', BYTES],
  ['51-["n",{"_placeholder":true,"num":"0"}]', BYTES], [`61-[${PLACEHOLDER}]`, BYTES]
]

t.test('what is no packet is a ProtocolError, and nobody is told of it', async (t) => {
  for (const messages of NO_PACKET) {
    const { client, heard } = setUp(4)
    t.throws(() => client(...messages), ProtocolError, show(messages))
    t.strictSame(heard(), [])
  }
})

t.test('an id that could not be sent back is a ProtocolError, for an event and its acknowledgement', async (t) => {
  for (const id of ['9007199254740992', '9'.repeat(400)]) {
    for (const message of [`2${id}["n"]`, `3${id}[]`, `2/chat,${id}["n"]`]) {
      const { client } = setUp(4)
      t.throws(() => client(message), { name: 'ProtocolError' }, message)
    }
  }
  t.match(setUp(4).client('29007199254740991["n"]'), [{ id: '9007199254740991' }])
})

t.test('ten attachments are taken, eleven are too many, and none is waited for', async (t) => {
  const holders = (count: number): string => Array.from({ length: count }, (_, num) => `{"_placeholder":true,"num":${num}}`).join(',')
  const { client } = setUp(4)
  t.strictSame(client(`510-["n",${holders(10)}]`, ...Array.from({ length: 10 }, () => BYTES)),
    [{ type: 'event', endpoint: '', name: 'n', args: Array.from({ length: 10 }, () => BYTES) }])
  t.throws(() => client(`511-["n",${holders(11)}]`), { name: 'ProtocolError', message: 'too many attachments' })
  t.throws(() => client('5999999999-["n"]'), ProtocolError)
})

t.test('a packet whose attachments never come is never seen, and neither is what is put in their place', async (t) => {
  const { client } = setUp(4)
  t.strictSame(client(`52-["n",${PLACEHOLDER}]`, BYTES), [])
  t.throws(() => client('2["after"]'), ProtocolError)
  t.throws(() => client(BYTES), ProtocolError, 'it has been forgotten')
  t.strictSame(client('2["after"]'), [{ type: 'event', endpoint: '', name: 'after', args: [] }])
})

t.test('JSON may be nested as deep as it will, and is a ProtocolError on its way back', async (t) => {
  const { client, app, heard } = setUp(4)
  const [packet] = client(`2["n",${'['.repeat(200_000)}${']'.repeat(200_000)}]`)
  t.equal(packet?.type, 'event')
  t.throws(() => app(packet as OutgoingPacket), ProtocolError)
  t.strictSame(heard(), [])
})

t.test('what has no form is a ProtocolError, and the client hears nothing of it', async (t) => {
  for (const packet of [
    { type: 'message', data: 'x', endpoint: '/a,b' }, { type: 'message', data: 'x', endpoint: 'chat' }, { type: 'connect', endpoint: ',' }, { type: 'disconnect', endpoint: '/,' },
    { type: 'error', endpoint: 'a' }, { type: 'message', data: 'x', ack: 'data', id: 'abc' }, { type: 'message', data: 'x', ack: 'data', id: '-1' },
    { type: 'ack', id: '' }, { type: 'ack', id: '1+[]' }, { type: 'ack', id: '9'.repeat(30) }, { type: 'event', name: 'connect' },
    { type: 'event', name: 'newListener', args: [1] }
  ] as const satisfies OutgoingPacket[]) {
    const { app, heard, seen } = setUp(4)
    t.throws(() => app(packet), ProtocolError, packet.type)
    t.strictSame(heard(), [])
    t.equal(seen.closed, 0)
  }
})

// ---- custom parsers

t.test('a custom parser is spoken both ways', async (t) => {
  const parser = msgpack as unknown as ParserModule
  const [one, other] = [setUp(4, { parser }), setUp(4, { parser })]
  for (const [packet] of [...OUTGOING, ...BY_VERSION]) {
    const { heard } = one.app(packet)
    t.ok(heard.every((piece) => typeof piece !== 'string'), packet.type)
    const seen = other.client(...heard)
    if (packet.type !== 'connect' || packet.endpoint !== undefined) t.match(seen, [{ type: packet.type, endpoint: packet.endpoint === '/' ? '' : packet.endpoint ?? '' }])
  }
  t.strictSame(other.client(...one.app({ type: 'event', name: 'n', args: [BYTES], endpoint: '/chat' }).heard),
    [{ type: 'event', endpoint: '/chat', name: 'n', args: [BYTES] }])
})

t.test('what a custom parser lets pass is no packet either', async (t) => {
  const { encode } = new msgpack.Encoder()
  for (const packet of [{ type: 2, nsp: '/', data: 'n' }, { type: 2, nsp: '/' }, { type: 3, nsp: '/', data: [] }, { type: 99, nsp: '/' }]) {
    t.throws(() => setUp(4, { parser: msgpack as unknown as ParserModule }).client(...encode(packet as never) as unknown as Buffer[]), ProtocolError, show(packet))
  }
})
