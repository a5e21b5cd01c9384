import { EventEmitter } from 'node:events'
import t from 'tap'
import { LastEncoded } from '../../../../src/codec/last-encoded.js'
import { connected, setUp } from '../../../kit/server-face.js'

t.test('messages, JSON values and events are what they are on either side', async (t) => {
  const { client, server } = await connected(['/chat'])
  t.strictSame(client('3:::hi', '4:::{"a":1}', '5:::{"name":"e","args":["x",1]}', '3::/chat:', '5::/chat:{"name":"e"}'),
    ['2["message","hi"]', '2["message",{"a":1}]', '2["e","x",1]', '2/chat,["message",""]', '2/chat,["e"]'])
  t.strictSame(server('2["message","hi"]', '2["message",{"a":1}]', '2["e","x",1]', '2/chat,["message",""]', '2/chat,["e"]'),
    ['3:::hi', '4:::{"a":1}', '5:::{"name":"e","args":["x",1]}', '3::/chat', '5::/chat:{"name":"e"}'])
})

t.test('a client\'s ack id comes back as it was, whatever the Server calls it', async (t) => {
  const { client, server } = await connected(['/chat'])
  t.strictSame(client('5:007+::{"name":"a"}', '3:1234567890123456+::b', '5:7+:/chat:{"name":"c"}'),
    ['20["a"]', '21["message","b"]', '2/chat,2["c"]'])
  t.strictSame(server('3/chat,2["r",{"s":1}]', '31[]', '30[null]'),
    ['6::/chat:7+["r",{"s":1}]', '6:::1234567890123456', '6:::007+[null]'])
})

t.test('a plain ack is not the Server\'s business', async (t) => {
  const { client } = await connected([])
  t.strictSame(client('3:1::x', '5:2::{"name":"e"}'), ['2["message","x"]', '2["e"]'])
})

t.test('acks of the Server that nobody waits for are dropped', async (t) => {
  const { client, server } = await connected([])
  client('5:9+::{"name":"a"}')
  t.strictSame(server('35["x"]', '30["once"]', '30["twice"]', '3["none"]'), ['6:::9+["once"]'])
})

t.test('the Server\'s acks per namespace become one count per session, and find their way back', async (t) => {
  const { client, server } = await connected(['/chat'])
  t.strictSame(server('20["ask",1]', '2/chat,0["ask"]', '21["message","q"]', '2/chat,1["message",{"q":1}]'),
    ['5:1+::{"name":"ask","args":[1]}', '5:2+:/chat:{"name":"ask"}', '3:3::q', '4:4:/chat:{"q":1}'])
  t.strictSame(client('6::/chat:2+["r"]', '6:::1', '6:::3', '6::/chat:4'), ['3/chat,0["r"]', '30[]', '31[]', '3/chat,1[]'])
})

t.test('acks of the client that were not asked for are dropped', async (t) => {
  const { client, server } = await connected(['/chat'])
  server('25["ask"]', '2/chat,6["ask"]')
  t.strictSame(client('6:::99', '6:::0', '6:::01'), [], 'an unknown id')
  t.strictSame(client('6::/chat:1+["x"]', '6:::2+["x"]'), [], 'the wrong endpoint')
  t.strictSame(client('6:::1+["x"]', '6::/chat:2+["y"]'), ['35["x"]', '3/chat,6["y"]'], 'the right ones still count')
  t.strictSame(client('6:::1+["x"]', '6::/chat:2+["y"]'), [], 'once')
})

t.test('of acks that are outstanding the oldest are forgotten', async (t) => {
  const { client, server } = await connected([], { maxAcks: 2 })
  server('20["a"]', '21["b"]', '22["c"]')
  t.strictSame(client('6:::1', '6:::2', '6:::3'), ['31[]', '32[]'])
  client('5:7+::{"name":"a"}', '5:8+::{"name":"b"}', '5:9+::{"name":"c"}')
  t.strictSame(server('30["a"]', '31["b"]', '32["c"]'), ['6:::8+["b"]', '6:::9+["c"]'])
})

t.test('volatile is handed on', async (t) => {
  const { face, server } = await connected([])
  face.write('2["a"]', true)
  face.write('2["a"]', true)
  face.write('20["b"]', true)
  t.strictSame(server(), [{ volatile: '5:::{"name":"a"}' }, { volatile: '5:::{"name":"a"}' }, { volatile: '5:1+::{"name":"b"}' }])
})

t.test('a broadcast is encoded for its first receiver and not again', async (t) => {
  const last = new LastEncoded<string>()
  const receivers = await Promise.all([connected([], { last }), connected([], { last }), connected([], { last })])
  const kept = t.capture(last, 'keep', last.keep)
  for (const { server } of receivers) t.strictSame(server('2["news",{"a":1}]'), ['5:::{"name":"news","args":[{"a":1}]}'])
  t.equal(kept().length, 1)
})

t.test('broadcasts that differ in anything are told apart', async (t) => {
  const last = new LastEncoded<string>()
  const [one, two] = await Promise.all([connected(['/chat'], { last }), connected(['/chat'], { last })])
  for (const { server } of [one, two, one]) {
    t.strictSame(server('2["a"]', '2/chat,["a"]', '2["a",1]', '2["a"]'),
      ['5:::{"name":"a"}', '5::/chat:{"name":"a"}', '5:::{"name":"a","args":[1]}', '5:::{"name":"a"}'])
  }
})

t.test('a broadcast that asks for acks is encoded for each receiver', async (t) => {
  const last = new LastEncoded<string>()
  const [one, two] = await Promise.all([connected([], { last }), connected([], { last })])
  one.server('20["first"]')
  t.strictSame(one.server('21["ask"]'), ['5:2+::{"name":"ask"}'])
  t.strictSame(two.server('21["ask"]'), ['5:1+::{"name":"ask"}'])
})

t.test('binary reaches the client as base64', async (t) => {
  const { client, server } = await connected(['/chat'])
  t.strictSame(server('51-["file",{"x":{"_placeholder":true,"num":0}}]'), [], 'not before its attachment')
  t.strictSame(server(Buffer.from('abc')), ['5:::{"name":"file","args":[{"x":{"base64":true,"data":"YWJj"}}]}'])
  t.strictSame(server('51-/chat,["message",{"_placeholder":true,"num":0}]', Buffer.from('abc')), ['4::/chat:{"base64":true,"data":"YWJj"}'])
  t.strictSame(server('51-4["ask",{"_placeholder":true,"num":0}]', Buffer.from('abc')), ['5:1+::{"name":"ask","args":[{"base64":true,"data":"YWJj"}]}'])
  t.strictSame(client('6:::1+["r"]'), ['34["r"]'])
  client('5:7+::{"name":"give"}')
  t.strictSame(server('61-0[{"_placeholder":true,"num":0}]', Buffer.from('abc')), ['6:::7+[{"base64":true,"data":"YWJj"}]'])
})

t.test('attachments that are alike do not make a broadcast', async (t) => {
  const { server } = await connected([])
  const bytes = Buffer.from('abc')
  t.strictSame(server('51-["a",{"_placeholder":true,"num":0}]', bytes, '51-["b",{"_placeholder":true,"num":0}]', bytes),
    ['5:::{"name":"a","args":[{"base64":true,"data":"YWJj"}]}', '5:::{"name":"b","args":[{"base64":true,"data":"YWJj"}]}'])
})

/** Writes packets as they are, marked as its own; bytes stay in them. */
class MarkingEncoder {
  encode (packet: object): string[] {
    return [`mine:${JSON.stringify(packet)}`]
  }
}

class MarkingDecoder extends EventEmitter {
  add (data: unknown): void {
    const packet: unknown = JSON.parse(String(data).slice('mine:'.length), (_key, value: unknown) => value === 'BYTES' ? Buffer.from('abc') : value)
    this.emit('decoded', packet)
  }

  destroy (): void {}
}

t.test('a Server with a parser of its own is understood by the same parser', async (t) => {
  const { client, server, later } = setUp({ parser: { Encoder: MarkingEncoder, Decoder: MarkingDecoder } })
  t.strictSame(server('mine:{"type":0,"nsp":"/"}'), ['1::'])
  await later()
  t.strictSame(client('5:7+::{"name":"e","args":[1]}'), ['mine:{"type":2,"nsp":"/","data":["e",1],"id":0}'])
  t.strictSame(server('mine:{"type":2,"nsp":"/","data":["e","x"]}'), ['5:::{"name":"e","args":["x"]}'])
  t.strictSame(server('mine:{"type":2,"nsp":"/","data":["e","BYTES"]}'), ['5:::{"name":"e","args":[{"base64":true,"data":"YWJj"}]}'], 'binary in plain events')
  t.strictSame(server('mine:{"type":3,"nsp":"/","data":["BYTES"],"id":0}'), ['6:::7+[{"base64":true,"data":"YWJj"}]'], 'binary in plain acks')
})
