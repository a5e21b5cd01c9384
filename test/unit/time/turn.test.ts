import t from 'tap'
import { Turn } from '../../../src/time/turn.js'

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

t.test('what is said in a turn is done at its end, in order, and what is said there at once', async (t) => {
  const turn = new Turn()
  const done: string[] = []
  turn.later(() => {
    done.push('first')
    turn.later(() => done.push('said at the end'))
  })
  turn.later(() => done.push('second'))
  await Promise.resolve()
  process.nextTick(() => done.push('tick'))
  t.strictSame(done, [])
  await turnOver()
  t.strictSame(done, ['tick', 'first', 'second', 'said at the end'])
  turn.later(() => done.push('in the next turn'))
  await turnOver()
  t.equal(done.at(-1), 'in the next turn')
})

t.test('one that fails is told as ever, and the others are done', async (t) => {
  const turn = new Turn()
  const done: number[] = []
  const failed = new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve))
  t.teardown(() => process.setUncaughtExceptionCaptureCallback(null))
  turn.later(() => done.push(1))
  turn.later(() => { throw new Error('no') })
  turn.later(() => done.push(2))
  t.match(await failed, { message: 'no' })
  await turnOver()
  t.strictSame(done, [1, 2])
})
