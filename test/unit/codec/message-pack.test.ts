import { createRequire } from 'node:module'
import t from 'tap'
import { checkMessagePack, isMessagePack } from '../../../src/codec/message-pack.js'
import type { ParserModule } from '../../../types/options.js'

const parser = createRequire(import.meta.url)('socket.io-msgpack-parser') as ParserModule
const encode = (data: unknown): Buffer => (new parser.Encoder().encode({ type: 2, nsp: '/', data }) as Buffer[])[0] ?? Buffer.alloc(0)
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

t.test('a parser of MessagePack is known by what it writes', async (t) => {
  t.ok(isMessagePack((new parser.Encoder().encode({ type: 0, nsp: '/' }) as Buffer[])[0]))
  t.notOk(isMessagePack('0'))
  t.notOk(isMessagePack(hex('a2 64 74797065 00 63 6e7370 61 2f'))) // CBOR
})

t.test('what the parser writes passes', async (t) => {
  const values = [0, -1, 127, 128, 65_536, 2 ** 40, -(2 ** 40), 1.5, 'x', 'é'.repeat(300), 'x'.repeat(70_000), null, true, false, Buffer.alloc(70_000), Buffer.from('b'),
    new Date(), Array(20).fill(0), Array(70_000).fill(1), Object.fromEntries(Array.from({ length: 20 }, (_, i) => [String(i), i])), { a: { b: [{}] } }, new ArrayBuffer(300)]
  for (const value of values) t.doesNotThrow(() => checkMessagePack(encode(['x', value]), 10), String(value).slice(0, 20))
})

const REFUSED: Record<string, string> = {
  'an ArrayBuffer of 4 GiB': 'c9 ffffffff 00',
  'a list of 4 G entries': 'dd ffffffff',
  'a map of 65,535 members': 'de ffff 00',
  'text of 4 GiB': 'db ffffffff 61',
  'binary that is cut off': 'c4 05 0102',
  nothing: '',
  'a list that is cut off': '93 01 02',
  'a length that is cut off': 'da 01',
  'a number that is cut off': 'cb 0000',
  'what is never used': 'c1',
  'a member that would be the prototype': '81 a9 5f5f70726f746f5f5f 80',
  'such a member with a longer head': '81 d9 09 5f5f70726f746f5f5f 80'
}

t.test('what lies about its length, or would change a prototype, is refused', async (t) => {
  for (const [name, bytes] of Object.entries(REFUSED)) t.throws(() => checkMessagePack(hex(bytes), 10), { name: 'ProtocolError' }, name)
  t.doesNotThrow(() => checkMessagePack(hex('91 a9 5f5f70726f746f5f5f'), 10), 'as a value it is text')
})

t.test('nesting is bounded, however deep it is', async (t) => {
  t.doesNotThrow(() => checkMessagePack(Buffer.concat([Buffer.alloc(9, 0x91), Buffer.of(0)]), 10))
  t.throws(() => checkMessagePack(Buffer.concat([Buffer.alloc(900_000, 0x91), Buffer.of(0)]), 1000), { message: 'nested too deep' })
  t.throws(() => checkMessagePack(Buffer.concat([Buffer.from('81a161'.repeat(20), 'hex'), Buffer.of(0)]), 10), { message: 'nested too deep' })
})
