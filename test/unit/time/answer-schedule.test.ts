import t from 'tap'
import { AnswerSchedule } from '../../../src/time/answer-schedule.js'
import { EndOfTurn } from '../../../src/time/end-of-turn.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

t.test('the first answer of a session waits for the tick, the others for the turn', async (t) => {
  const answers = new AnswerSchedule(new EndOfTurn())
  const done: string[] = []
  answers.collect(() => done.push('later'), false)
  answers.collect(() => done.push('first'), true)
  t.strictSame(done, [], 'frames of this tick are collected')
  await new Promise((resolve) => process.nextTick(resolve))
  t.strictSame(done, ['first'])
  await turn()
  t.strictSame(done, ['first', 'later'])
})

t.test('answers are written together, the last one of a connection at once', async (t) => {
  const answers = new AnswerSchedule(new EndOfTurn())
  const done: string[] = []
  answers.write(() => done.push('one'))
  answers.write(() => done.push('last'), true)
  answers.write(() => done.push('two'))
  t.strictSame(done, ['last'])
  await turn()
  t.strictSame(done, ['last', 'one', 'two'])
})
