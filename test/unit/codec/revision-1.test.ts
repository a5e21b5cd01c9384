import t from 'tap'
import { ProtocolError } from '../../../src/codec/packet.js'
import type { WirePacket } from '../../../src/codec/packet.js'
import { revision1 } from '../../../src/codec/revision-1.js'

interface Case { name: string, wire: string, packet: WirePacket }

const LONG_ID = '1234567890123456'

// Bytes of the transcripts and of the protocol's grammar; none was made by this codec.
const BOTH_WAYS: readonly Case[] = [
  { name: 'disconnect', wire: '0::', packet: { type: 'disconnect', endpoint: '' } },
  { name: 'disconnect of an endpoint', wire: '0::/chat', packet: { type: 'disconnect', endpoint: '/chat' } },
  { name: 'connect', wire: '1::', packet: { type: 'connect', endpoint: '' } },
  { name: 'connect of an endpoint', wire: '1::/chat', packet: { type: 'connect', endpoint: '/chat' } },
  { name: 'connect with a query', wire: '1::/chat:?room=7', packet: { type: 'connect', endpoint: '/chat', query: '?room=7' } },
  { name: 'connect with a query that holds colons', wire: '1::/chat:?t=1:2', packet: { type: 'connect', endpoint: '/chat', query: '?t=1:2' } },
  { name: 'connect with a glued query', wire: '1::/chat?room=7', packet: { type: 'connect', endpoint: '/chat?room=7' } },
  { name: 'heartbeat', wire: '2::', packet: { type: 'heartbeat' } },
  { name: 'message', wire: '3:::hello', packet: { type: 'message', endpoint: '', data: 'hello' } },
  { name: 'message to an endpoint', wire: '3::/chat:hi:there', packet: { type: 'message', endpoint: '/chat', data: 'hi:there' } },
  { name: 'message of empty text', wire: '3::', packet: { type: 'message', endpoint: '', data: '' } },
  { name: 'message of empty text to an endpoint', wire: '3::/chat', packet: { type: 'message', endpoint: '/chat', data: '' } },
  { name: 'message with colons', wire: '3:::a:b::c', packet: { type: 'message', endpoint: '', data: 'a:b::c' } },
  { name: 'message with a leading colon', wire: '3::::lead', packet: { type: 'message', endpoint: '', data: ':lead' } },
  { name: 'message with newlines', wire: '3:::a\nb\r\nc', packet: { type: 'message', endpoint: '', data: 'a\nb\r\nc' } },
  { name: 'message with line separators', wire: '3:::u\u2028u p\u2029p', packet: { type: 'message', endpoint: '', data: 'u\u2028u p\u2029p' } },
  { name: 'message beyond the BMP', wire: '3:::a😀b', packet: { type: 'message', endpoint: '', data: 'a😀b' } },
  { name: 'message that asks for a plain ack', wire: '3:1::q', packet: { type: 'message', endpoint: '', data: 'q', id: '1', ack: 'plain' } },
  { name: 'message that asks for a data ack', wire: '3:4+::hi', packet: { type: 'message', endpoint: '', data: 'hi', id: '4', ack: 'data' } },
  { name: 'message with id and endpoint', wire: '3:8:/chat:hey', packet: { type: 'message', endpoint: '/chat', data: 'hey', id: '8', ack: 'plain' } },
  { name: 'message with id 0', wire: '3:0::x', packet: { type: 'message', endpoint: '', data: 'x', id: '0', ack: 'plain' } },
  { name: 'message with id 007', wire: '3:007+::x', packet: { type: 'message', endpoint: '', data: 'x', id: '007', ack: 'data' } },
  { name: 'empty message that asks for an ack', wire: '3:5:', packet: { type: 'message', endpoint: '', data: '', id: '5', ack: 'plain' } },
  { name: 'json', wire: '4:::{"a":1,"b":[true,null,"x"]}', packet: { type: 'json', endpoint: '', data: { a: 1, b: [true, null, 'x'] } } },
  { name: 'json number', wire: '4:::3', packet: { type: 'json', endpoint: '', data: 3 } },
  { name: 'json null', wire: '4:::null', packet: { type: 'json', endpoint: '', data: null } },
  { name: 'json false', wire: '4:::false', packet: { type: 'json', endpoint: '', data: false } },
  { name: 'json text', wire: '4:::""', packet: { type: 'json', endpoint: '', data: '' } },
  { name: 'json with id', wire: '4:4::[1]', packet: { type: 'json', endpoint: '', data: [1], id: '4', ack: 'plain' } },
  { name: 'json to an endpoint', wire: '4::/chat:{"k":"v"}', packet: { type: 'json', endpoint: '/chat', data: { k: 'v' } } },
  { name: 'event', wire: '5:::{"name":"echo","args":["x",{"y":2}]}', packet: { type: 'event', endpoint: '', name: 'echo', args: ['x', { y: 2 }] } },
  { name: 'event without arguments', wire: '5:::{"name":"echo"}', packet: { type: 'event', endpoint: '', name: 'echo', args: [] } },
  { name: 'event that asks for a plain ack', wire: '5:1::{"name":"ask","args":["q"]}', packet: { type: 'event', endpoint: '', name: 'ask', args: ['q'], id: '1', ack: 'plain' } },
  { name: 'event that asks for a data ack', wire: '5:7+:/chat:{"name":"echo","args":["a"]}', packet: { type: 'event', endpoint: '/chat', name: 'echo', args: ['a'], id: '7', ack: 'data' } },
  { name: 'event with 21 digits of id', wire: `5:${LONG_ID}+::{"name":"b"}`, packet: { type: 'event', endpoint: '', name: 'b', args: [], id: LONG_ID, ack: 'data' } },
  { name: 'event of an empty name', wire: '5:::{"name":""}', packet: { type: 'event', endpoint: '', name: '', args: [] } },
  { name: 'event with escaped line separators', wire: '5:::{"name":"e\\u2028","args":["\\u2029"]}', packet: { type: 'event', endpoint: '', name: 'e\u2028', args: ['\u2029'] } },
  { name: 'ack', wire: '6:::1', packet: { type: 'ack', endpoint: '', id: '1', args: [] } },
  { name: 'ack with arguments', wire: '6:::2+["r",{"s":1}]', packet: { type: 'ack', endpoint: '', id: '2', args: ['r', { s: 1 }] } },
  { name: 'ack of an endpoint', wire: '6::/chat:7+["a"]', packet: { type: 'ack', endpoint: '/chat', id: '7', args: ['a'] } },
  { name: 'ack of id 0', wire: '6:::0', packet: { type: 'ack', endpoint: '', id: '0', args: [] } },
  { name: 'ack of id 007', wire: '6:::007+[null]', packet: { type: 'ack', endpoint: '', id: '007', args: [null] } },
  { name: 'ack of 21 digits of id', wire: `6:::${LONG_ID}`, packet: { type: 'ack', endpoint: '', id: LONG_ID, args: [] } },
  { name: 'error', wire: '7::', packet: { type: 'error', endpoint: '' } },
  { name: 'error: transport not supported', wire: '7:::0', packet: { type: 'error', endpoint: '', reason: 'transport not supported' } },
  { name: 'error: unknown session', wire: '7:::1+0', packet: { type: 'error', endpoint: '', reason: 'client not handshaken', advice: 'reconnect' } },
  { name: 'error: endpoint refused', wire: '7::/refused:2', packet: { type: 'error', endpoint: '/refused', reason: 'unauthorized' } },
  { name: 'error: advice alone', wire: '7:::+0', packet: { type: 'error', endpoint: '', advice: 'reconnect' } },
  { name: 'noop', wire: '8::', packet: { type: 'noop' } }
]

t.test('every packet is read from its bytes and written as the same bytes', async (t) => {
  for (const { name, wire, packet } of BOTH_WAYS) {
    t.strictSame(revision1.decodePacket(wire), packet, `${name} is read`)
    t.equal(revision1.encodePacket(packet), wire, `${name} is written`)
  }
})

const LENIENT: readonly Case[] = [
  { name: 'a trailing colon after nothing is an empty message', wire: '3:::', packet: { type: 'message', endpoint: '', data: '' } },
  { name: 'a trailing colon after an id is an empty message', wire: '3:5::', packet: { type: 'message', endpoint: '', data: '', id: '5', ack: 'plain' } },
  { name: 'a trailing colon after an endpoint is an empty message', wire: '3::/chat:', packet: { type: 'message', endpoint: '/chat', data: '' } },
  { name: 'a connect may end in a colon', wire: '1:::', packet: { type: 'connect', endpoint: '' } },
  { name: 'a connect of an endpoint may end in a colon', wire: '1::/chat:', packet: { type: 'connect', endpoint: '/chat' } },
  { name: 'a disconnect may carry data', wire: '0::/chat:bye', packet: { type: 'disconnect', endpoint: '/chat' } },
  { name: 'a heartbeat may carry data', wire: '2:::x', packet: { type: 'heartbeat' } },
  { name: 'a noop may carry an id and an endpoint', wire: '8:1+:/x:y', packet: { type: 'noop' } },
  { name: 'a plus without an id asks for nothing', wire: '5:+::{"name":"echo","args":["p"]}', packet: { type: 'event', endpoint: '', name: 'echo', args: ['p'] } },
  { name: 'an id on a connect means nothing', wire: '1:5+:/chat', packet: { type: 'connect', endpoint: '/chat' } },
  { name: 'an empty list of arguments is none', wire: '5:9+::{"name":"echo","args":[]}', packet: { type: 'event', endpoint: '', name: 'echo', args: [], id: '9', ack: 'data' } },
  { name: 'the arguments may come first (gevent-socketio)', wire: '5:::{"args": ["x"], "name": "echo"}', packet: { type: 'event', endpoint: '', name: 'echo', args: ['x'] } },
  { name: 'an ack may end in a plus', wire: '6:::3+', packet: { type: 'ack', endpoint: '', id: '3', args: [] } },
  { name: 'an ack may carry an empty list', wire: '6:::3+[]', packet: { type: 'ack', endpoint: '', id: '3', args: [] } },
  { name: 'an ack keeps arguments with raw line separators', wire: '6:::3+["u\u2028p\u2029"]', packet: { type: 'ack', endpoint: '', id: '3', args: ['u\u2028p\u2029'] } },
  { name: 'an error of an unknown reason has none', wire: '7:::9', packet: { type: 'error', endpoint: '' } },
  { name: 'an error with unknown advice has none', wire: '7:::2+5', packet: { type: 'error', endpoint: '', reason: 'unauthorized' } }
]

t.test('what old peers also write is read', async (t) => {
  for (const { name, wire, packet } of LENIENT) t.strictSame(revision1.decodePacket(wire), packet, name)
})

const MALFORMED: readonly string[] = [
  '', 'garbage', ':', '::', ':::', '3', '3:', '3:x', '9:::x', '9::', '10::', '-1::', '33:::x', ' 3:::x', '\n3:::x', '3:a::x', '3:1++::x',
  '3:-1::x', '3:1.5::x', '٣:::x', '3:٣::x', '4:::notjson', '4:::', '4::', '4:::{"a":1', '4:::undefined', '4:::NaN', '5::', '5:::nojson',
  '5:::notjson', '5:::{}', '5:::null', '5:::7', '5:::"name"', '5:::[]', '5:::{"name":7}', '5:::{"name":null}', '5:::{"name":"e","args":null}',
  '5:::{"name":"e","args":{}}', '5:::{"name":"e","args":"x"}', '6::', '6:::', '6:::abc', '6:::+[]', '6:::-1', '6:::1x', '6:::1+notjson',
  '6:::1+{}', '6:::1+null', '6:::1+7', '6:1::', '7:::undefined', '7::/broken:undefined', '7:::1+', '7:::+x', '7:::-1'
]

t.test('what is no packet is a ProtocolError', async (t) => {
  for (const wire of MALFORMED) {
    t.throws(() => revision1.decodePacket(wire), ProtocolError, JSON.stringify(wire))
  }
})

t.test('what has no form on the wire is refused', async (t) => {
  const packets: readonly Parameters<typeof revision1.encodePacket>[0][] = [
    { type: 'message', endpoint: '/a:b', data: 'x' },
    { type: 'connect', endpoint: ':' },
    { type: 'disconnect', endpoint: '/a:' },
    { type: 'json', endpoint: '/a:b', data: 1 },
    { type: 'event', endpoint: '/a:b', name: 'e', args: [] },
    { type: 'ack', endpoint: '/a:b', id: '1', args: [] },
    { type: 'error', endpoint: '/a:b', reason: 'unauthorized' },
    { type: 'error', endpoint: '/a:b' },
    { type: 'message', endpoint: '', data: 'x', ack: 'plain' },
    { type: 'message', endpoint: '', data: 'x', ack: 'plain', id: '' },
    { type: 'message', endpoint: '', data: 'x', ack: 'data', id: '1+' },
    { type: 'json', endpoint: '', data: 'x', ack: 'plain', id: '-1' },
    { type: 'event', endpoint: '', name: 'e', args: [], ack: 'data', id: '1:' },
    { type: 'event', endpoint: '', name: 'e', args: [], ack: 'data', id: '1\n' },
    { type: 'ack', endpoint: '', id: 'x', args: [] },
    { type: 'ack', endpoint: '', id: '', args: [] },
    { type: 'ack', endpoint: '', id: '1\n', args: [] }
  ]
  for (const packet of packets) t.throws(() => revision1.encodePacket(packet), ProtocolError, JSON.stringify(packet))
})

t.test('an id without an ack kind asks for nothing and is not written', async (t) => {
  t.equal(revision1.encodePacket({ type: 'message', endpoint: '', data: 'x', id: '5' }), '3:::x')
})

t.test('values without a JSON form are written as null', async (t) => {
  t.equal(revision1.encodePacket({ type: 'json', endpoint: '', data: undefined }), '4:::null')
  t.equal(revision1.encodePacket({ type: 'event', endpoint: '', name: 'e', args: [undefined, () => {}, NaN] }), '5:::{"name":"e","args":[null,null,null]}')
  t.equal(revision1.encodePacket({ type: 'ack', endpoint: '', id: '1', args: [undefined] }), '6:::1+[null]')
})

t.test('no line separator is written raw in JSON', async (t) => {
  const text = 'a\u2028b\u2029c'
  const json = '"a\\u2028b\\u2029c"'
  t.equal(revision1.encodePacket({ type: 'json', endpoint: '', data: { [text]: text } }), `4:::{${json}:${json}}`)
  t.equal(revision1.encodePacket({ type: 'event', endpoint: '', name: text, args: [text] }), `5:::{"name":${json},"args":[${json}]}`)
  t.equal(revision1.encodePacket({ type: 'ack', endpoint: '', id: '1', args: [text] }), `6:::1+[${json}]`)
})
