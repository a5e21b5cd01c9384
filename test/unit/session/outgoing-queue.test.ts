import t from 'tap'
import { OutgoingQueue } from '../../../src/session/outgoing-queue.js'

const MANY = 300_000

t.test('very many frames that come back go first, in order', async (t) => {
  const queue = new OutgoingQueue()
  queue.push('last', false)
  queue.unshift(Array.from({ length: MANY }, (_, i) => String(i))) // more than a call takes arguments
  const frames = queue.takeAll()
  t.equal(frames.length, MANY + 1)
  t.strictSame([frames[0], frames[1], frames[MANY - 1], frames[MANY]], ['0', '1', String(MANY - 1), 'last'])
  t.ok(queue.empty)
})

t.test('frames weigh what they take of memory, from the first on', async (t) => {
  const queue = new OutgoingQueue()
  queue.push('e', false)
  t.equal(queue.weight, 1 + 96)
  queue.push('é', false)
  t.equal(queue.bytes, 3)
  t.equal(queue.weight, 1 + 2 + 2 * 96)
  queue.push('aaaaaaaaa中', false)
  t.equal(queue.bytes, 15)
  t.equal(queue.weight, 3 + 20 + 3 * 96, 'two bytes for each character, as soon as one needs them')
  queue.push(Buffer.from('abc'), false)
  t.equal(queue.weight, 3 + 20 + 3 * 96 + 3 + 256)
  queue.takeAll()
  t.equal(queue.weight, 0)
})

t.test('a part is taken in order, by its weight, and one frame at least', async (t) => {
  const queue = new OutgoingQueue()
  for (const frame of ['a', 'b', 'c', 'd']) queue.push(frame, false)
  t.strictSame(queue.take(2 * 97), ['a', 'b'])
  t.strictSame(queue.take(1), ['c'])
  t.equal(queue.weight, 97)
  t.strictSame(queue.takeAll(), ['d'])
  t.ok(queue.empty)
})

t.test('a small view of many bytes that waits keeps only its own', async (t) => {
  const queue = new OutgoingQueue()
  const chunk = Buffer.alloc(65536, 7)
  queue.push(chunk.subarray(10, 13), false)
  const [frame] = queue.takeAll() as [Buffer]
  t.strictSame([...frame], [7, 7, 7])
  t.equal(frame.buffer.byteLength, 3)
})

t.test('what is dropped makes room for very many frames, too', async (t) => {
  const queue = new OutgoingQueue()
  for (let i = 0; i < 3000; i++) queue.push(String(i % 10), i % 2 === 0)
  const limit = 2000 * 97
  const dropped = queue.dropVolatile(limit)
  t.ok(queue.weight <= limit)
  t.ok(dropped >= 1000 && dropped < 1300, `some more than the 1000 that are needed, so that the next need not be looked for soon: ${dropped}`)
  t.equal(queue.takeAll().length, 3000 - dropped)
})

t.test('attachments are dropped with the volatile packet they belong to, and only with it', async (t) => {
  const queue = new OutgoingQueue()
  const attachment = Buffer.from('0123456789')
  queue.push(attachment, true) // what it belongs to is under way
  queue.push('451-volatile', true)
  queue.push(attachment, true)
  queue.push('451-stays', false)
  queue.push(attachment, false)
  t.equal(queue.dropVolatile(2 * 97 + 2 * 300), 2)
  t.strictSame(queue.takeAll(), [attachment, '451-stays', attachment])
})

t.test('when what came last is all there is to drop, it goes, and its attachments that are still to come', async (t) => {
  const queue = new OutgoingQueue()
  queue.push('stays', false)
  queue.push('451-volatile', true)
  t.equal(queue.dropVolatile(5), 1)
  queue.push(Buffer.from('its attachment'), true)
  t.strictSame(queue.takeAll(), ['stays'])
  queue.push('452-whole', true)
  queue.push(Buffer.from('an attachment'), true)
  t.equal(queue.takeAll().length, 2, 'the next packet has its own')
})
