import t from 'tap'
import { EndOfTurn } from '../../../src/time/end-of-turn.js'
import { turn } from '../../kit/waiting.js'

const turnOver = (): Promise<void> => turn()

t.test('what is said in a turn is done at its end, in order, and what is said there at once', async (t) => {
  const endOfTurn = new EndOfTurn()
  const done: string[] = []
  endOfTurn.defer(() => {
    done.push('first')
    endOfTurn.defer(() => done.push('said at the end'))
  })
  endOfTurn.defer(() => done.push('second'))
  await Promise.resolve()
  process.nextTick(() => done.push('tick'))
  t.strictSame(done, [])
  await turnOver()
  t.strictSame(done, ['tick', 'first', 'second', 'said at the end'])
  endOfTurn.defer(() => done.push('in the next turn'))
  await turnOver()
  t.equal(done.at(-1), 'in the next turn')
})

t.test('one that fails is told as ever, and the others are done', async (t) => {
  const endOfTurn = new EndOfTurn()
  const done: number[] = []
  const failed = new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve))
  t.teardown(() => process.setUncaughtExceptionCaptureCallback(null))
  endOfTurn.defer(() => done.push(1))
  endOfTurn.defer(() => { throw new Error('no') })
  endOfTurn.defer(() => done.push(2))
  t.match(await failed, { message: 'no' })
  await turnOver()
  t.strictSame(done, [1, 2])
})
