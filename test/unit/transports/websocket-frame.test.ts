// Frames byte by byte against RFC 6455, 5.2: what is written must not differ by how it is written.
import t from 'tap'
import { toPieces } from '../../../src/transports/websocket-frame.js'
import { turn } from '../../kit/waiting.js'

const bytesOf = ({ head, payload }: ReturnType<typeof toPieces>): Buffer =>
  Buffer.concat([typeof head === 'string' ? Buffer.from(head, 'latin1') : head, payload ?? Buffer.alloc(0)])

/** FIN, no extension, not masked. */
function expected (opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const first = 0x80 | opcode
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload])
  const long = Buffer.alloc(length < 65536 ? 4 : 10)
  long[0] = first
  long[1] = length < 65536 ? 126 : 127
  if (length < 65536) long.writeUInt16BE(length, 2)
  else long.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([long, payload])
}

const LENGTHS = [0, 1, 124, 125, 126, 1023, 1024, 1025, 16_384, 16_385, 65_535, 65_536, 200_000]

t.test('a text is one frame, whatever its length and characters', async (t) => {
  for (const length of LENGTHS) {
    for (const character of ['a', '\0', '\x7f', 'ä', 'ÿ', '\x80', '€', '😀', '\ud800']) {
      const text = character.repeat(length)
      const pieces = toPieces(text)
      const frame = expected(1, Buffer.from(text))
      if (!bytesOf(pieces).equals(frame)) t.fail(`${length} times ${JSON.stringify(character)}`)
      if (pieces.size !== frame.length) t.fail(`the size of ${length} times ${JSON.stringify(character)}`)
    }
    t.pass(`${length} characters`)
  }
  const mixed = `${'a'.repeat(100)}ä`
  t.strictSame(bytesOf(toPieces(mixed)), expected(1, Buffer.from(mixed)), 'one of them is not ASCII')
})

t.test('binary is one frame, of what is in it at the time', async (t) => {
  for (const length of LENGTHS) t.strictSame(bytesOf(toPieces(Buffer.alloc(length, 7))), expected(2, Buffer.alloc(length, 7)), `${length} bytes`)
  const data = Buffer.from([1])
  const first = bytesOf(toPieces(data))
  data[0] = 2
  t.strictSame([first, bytesOf(toPieces(data))], [expected(2, Buffer.from([1])), expected(2, Buffer.from([2]))], 'an application may use its buffer again')
})

t.test('a broadcast is framed once', async (t) => {
  for (const text of ['a', 'ä'.repeat(100_000)]) {
    const first = toPieces(text)
    t.equal(toPieces(text), first)
    t.not(toPieces(`${text}b`), first)
    t.not(toPieces(text), first, 'and only the last text is kept')
  }
  const large = 'a'.repeat(100_000)
  const first = toPieces(large)
  await turn()
  t.not(toPieces(large), first, 'what is large is not kept for later')
})
