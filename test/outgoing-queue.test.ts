import t from 'tap'
import { OutgoingQueue } from '../src/outgoing-queue.js'

const MANY = 300_000

t.test('very many frames that come back go first, in order', async (t) => {
  const queue = new OutgoingQueue()
  queue.push('last', false)
  queue.unshift(Array.from({ length: MANY }, (_, i) => String(i))) // more than a call takes arguments
  const frames = queue.take()
  t.equal(frames.length, MANY + 1)
  t.strictSame([frames[0], frames[1], frames[MANY - 1], frames[MANY]], ['0', '1', String(MANY - 1), 'last'])
  t.ok(queue.empty)
})

t.test('a few frames weigh their bytes, very many more than that', async (t) => {
  const queue = new OutgoingQueue()
  for (let i = 0; i < 1000; i++) queue.push('é', false)
  t.equal(queue.bytes, 2000)
  t.equal(queue.weight, 2000)
  for (let i = 0; i < 9000; i++) queue.push('é', false)
  t.equal(queue.bytes, 20_000)
  t.equal(queue.weight, 20_000 + 9000 * 64)
})

t.test('what is dropped makes room for very many frames, too', async (t) => {
  const queue = new OutgoingQueue()
  for (let i = 0; i < 3000; i++) queue.push(String(i % 10), i % 2 === 0)
  const limit = 2000 + 1000 * 64
  const dropped = queue.dropVolatile(limit)
  t.ok(queue.weight <= limit)
  t.ok(dropped >= 1000 && dropped < 1200, `some more than the 1000 that are needed, so that the next need not be looked for soon: ${dropped}`)
  t.equal(queue.take().length, 3000 - dropped)
})

t.test('attachments are dropped with the volatile packet they belong to, and only with it', async (t) => {
  const queue = new OutgoingQueue()
  const attachment = Buffer.from('0123456789')
  queue.push(attachment, true) // what it belongs to is under way
  queue.push('451-volatile', true)
  queue.push(attachment, true)
  queue.push('451-stays', false)
  queue.push(attachment, false)
  t.equal(queue.dropVolatile(30), 2)
  t.strictSame(queue.take(), [attachment, '451-stays', attachment])
})

t.test('when what came last is all there is to drop, it goes, and its attachments that are still to come', async (t) => {
  const queue = new OutgoingQueue()
  queue.push('stays', false)
  queue.push('451-volatile', true)
  t.equal(queue.dropVolatile(5), 1)
  queue.push(Buffer.from('its attachment'), true)
  t.strictSame(queue.take(), ['stays'])
  queue.push('452-whole', true)
  queue.push(Buffer.from('an attachment'), true)
  t.equal(queue.take().length, 2, 'the next packet has its own')
})
