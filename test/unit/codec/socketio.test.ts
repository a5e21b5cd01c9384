import { EventEmitter } from 'node:events'
import t from 'tap'
import { fromMessage, isReservedEvent, PacketType, SocketioCodec, toMessage, withoutBinary } from '../../../src/codec/socketio.js'
import type { Message } from '../../../src/codec/socketio.js'

t.test('events named "message" with one argument are messages, and back', async (t) => {
  const cases: readonly { list: unknown[], message: Message }[] = [
    { list: ['message', 'hi'], message: { type: 'message', data: 'hi' } },
    { list: ['message', ''], message: { type: 'message', data: '' } },
    { list: ['message', { a: 1 }], message: { type: 'json', data: { a: 1 } } },
    { list: ['message', [1, 2]], message: { type: 'json', data: [1, 2] } },
    { list: ['message', 0], message: { type: 'json', data: 0 } },
    { list: ['message', false], message: { type: 'json', data: false } },
    { list: ['message', null], message: { type: 'json', data: null } },
    { list: ['message'], message: { type: 'event', name: 'message', args: [] } },
    { list: ['message', undefined], message: { type: 'event', name: 'message', args: [undefined] } },
    { list: ['message', 'a', 'b'], message: { type: 'event', name: 'message', args: ['a', 'b'] } },
    { list: ['chat'], message: { type: 'event', name: 'chat', args: [] } },
    { list: ['chat', 'hi', { a: 1 }], message: { type: 'event', name: 'chat', args: ['hi', { a: 1 }] } },
    { list: ['', 'hi'], message: { type: 'event', name: '', args: ['hi'] } }
  ]
  for (const { list, message } of cases) {
    t.strictSame(toMessage(list), message, `${JSON.stringify(list)} for the client`)
    t.strictSame(fromMessage(message), list, `${JSON.stringify(list)} for the Server`)
  }
})

t.test('an event named by a number has that name as text', async (t) => {
  t.strictSame(toMessage([7, 'x']), { type: 'event', name: '7', args: ['x'] })
})

t.test('reserved are the names at which the Server closes a connection, and no others', async (t) => {
  for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']) t.ok(isReservedEvent(name), name)
  for (const name of ['message', 'error', 'reconnect', '', 'Connect', 'toString', '__proto__']) t.notOk(isReservedEvent(name), name)
})

t.test('binary becomes base64 at every depth', async (t) => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0x00)
  const form = { base64: true, data: '+/8A' }
  t.strictSame(withoutBinary(Buffer.from(bytes)), form, 'a Buffer')
  t.strictSame(withoutBinary(bytes), form, 'a typed array')
  t.strictSame(withoutBinary(bytes.buffer), form, 'an ArrayBuffer')
  t.strictSame(withoutBinary(new DataView(bytes.buffer, 1, 2)), { base64: true, data: '/wA=' }, 'a view of a part')
  t.strictSame(withoutBinary(new Uint16Array(bytes.buffer.slice(0, 2))), { base64: true, data: '+/8=' }, 'wider elements')
  t.strictSame(withoutBinary(Buffer.alloc(0)), { base64: true, data: '' }, 'no bytes')
  t.strictSame(withoutBinary(['a', { b: [{ c: bytes }] }]), ['a', { b: [{ c: form }] }], 'in lists and objects')
})

t.test('what is not binary stays as it is', async (t) => {
  for (const value of ['text', 7, true, null, undefined]) t.equal(withoutBinary(value), value)
  const date = new Date(0)
  t.equal(withoutBinary(date), date, 'an object of a class is not taken apart')
  const value: unknown = JSON.parse('{"__proto__":{"x":[1]},"y":null}')
  t.equal(JSON.stringify(withoutBinary(value)), '{"__proto__":{"x":[1]},"y":null}', 'a key named __proto__ is a key')
  t.strictSame(withoutBinary(Object.assign(Object.create(null), { a: 1 })), { a: 1 }, 'an object without a prototype is taken apart')
})

t.test('packets are read from the text that the Server writes', async (t) => {
  const codec = new SocketioCodec()
  t.strictSame({ ...codec.decode('2/chat,12["ask",{"a":1}]') }, { type: PacketType.EVENT, nsp: '/chat', id: 12, data: ['ask', { a: 1 }] })
  t.strictSame({ ...codec.decode('0') }, { type: PacketType.CONNECT, nsp: '/' })
  t.strictSame({ ...codec.decode('1/chat,') }, { type: PacketType.DISCONNECT, nsp: '/chat' })
  t.strictSame({ ...codec.decode('3/chat,0["r"]') }, { type: PacketType.ACK, nsp: '/chat', id: 0, data: ['r'] })
  t.strictSame({ ...codec.decode('4/chat,{"message":"no"}') }, { type: PacketType.CONNECT_ERROR, nsp: '/chat', data: { message: 'no' } })
})

t.test('packets are written as text that the Server reads', async (t) => {
  const codec = new SocketioCodec()
  t.strictSame(codec.encode({ type: PacketType.EVENT, nsp: '/', data: ['message', 'hi'] }), ['2["message","hi"]'])
  t.strictSame(codec.encode({ type: PacketType.EVENT, nsp: '/chat', data: ['ask'], id: 3 }), ['2/chat,3["ask"]'])
  t.strictSame(codec.encode({ type: PacketType.CONNECT, nsp: '/chat?x=1' }), ['0/chat?x=1,'])
  t.strictSame(codec.encode({ type: PacketType.DISCONNECT, nsp: '/' }), ['1'])
})

t.test('a packet with attachments is complete with the last of them', async (t) => {
  const codec = new SocketioCodec()
  t.equal(codec.decode('52-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'), undefined)
  t.equal(codec.decode(Buffer.from('one')), undefined)
  const packet = codec.decode(Buffer.from('two'))
  t.equal(packet?.type, PacketType.EVENT, 'the parser calls it an event then')
  t.strictSame(packet?.data, ['file', Buffer.from('one'), Buffer.from('two')])
  t.equal(codec.decode('2["next"]')?.type, PacketType.EVENT, 'the next packet stands alone')
})

t.test('more attachments than a parser takes from strangers are taken from the Server', async (t) => {
  const codec = new SocketioCodec()
  const count = 50
  const list = ['files', ...Array.from({ length: count }, (_, num) => ({ _placeholder: true, num }))]
  codec.decode(`5${count}-${JSON.stringify(list)}`)
  for (let num = 1; num < count; num++) t.equal(codec.decode(Buffer.from([num])), undefined)
  t.strictSame(codec.decode(Buffer.from([0]))?.data, ['files', ...Array.from({ length: count }, (_, num) => Buffer.from([(num + 1) % count]))])
})

t.test('after an error the next packet is read', async (t) => {
  const codec = new SocketioCodec()
  for (const text of ['nonsense', '9', '2{"no":"list"}', '2["broken"']) {
    t.throws(() => codec.decode(text), Error, text)
    t.strictSame(codec.decode('2["alive"]')?.data, ['alive'], `alive after ${text}`)
  }
  t.throws(() => codec.decode(Buffer.from('an attachment of nothing')), Error)
  t.strictSame(codec.decode('2["alive"]')?.data, ['alive'])
})

t.test('text where an attachment is due is an error, and what was begun is forgotten', async (t) => {
  const codec = new SocketioCodec()
  codec.decode('51-["file",{"_placeholder":true,"num":0}]')
  t.throws(() => codec.decode('2["early"]'), Error)
  t.throws(() => codec.decode(Buffer.from('late')), Error)
  t.strictSame(codec.decode('2["alive"]')?.data, ['alive'])
})

class ReversingEncoder {
  encode (packet: object): string[] {
    return [[...JSON.stringify(packet)].reverse().join('')]
  }
}

class ReversingDecoder extends EventEmitter {
  add (data: unknown): void {
    this.emit('decoded', JSON.parse([...String(data)].reverse().join('')))
  }

  destroy (): void {}
}

t.test('a custom parser reads and writes in place of the official one', async (t) => {
  const codec = new SocketioCodec({ Encoder: ReversingEncoder, Decoder: ReversingDecoder })
  const packet = { type: PacketType.EVENT, nsp: '/', data: ['x', 1] }
  t.strictSame(codec.encode(packet), ['}]1,"x"[:"atad","/":"psn",2:"epyt"{'])
  t.strictSame(codec.decode('}]1,"x"[:"atad","/":"psn",2:"epyt"{'), packet)
  t.throws(() => codec.decode('2["x",1]'), SyntaxError)
  t.strictSame(codec.decode('}]1,"x"[:"atad","/":"psn",2:"epyt"{'), packet, 'alive after an error')
  t.equal(codec.custom, true)
  t.equal(new SocketioCodec().custom, false)
})
