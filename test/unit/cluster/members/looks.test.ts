import t from 'tap'
import { Looks } from '../../../../src/cluster/members/looks.js'
import { newLog } from '../../../kit/fakes/revision-1-session.js'
import { turn } from '../../../kit/waiting.js'
import { FakeClock } from '../fake-clock.js'

/** Looks whose answers the test gives. */
function newLooks () {
  const answers: { resolve: () => void, reject: (error: Error) => void }[] = []
  const { log, lines } = newLog()
  const clock = new FakeClock()
  const looks = new Looks({ look: () => new Promise<void>((resolve, reject) => { answers.push({ resolve, reject }) }), name: 'the source', clock, log })
  return { looks, answers, clock, logged: () => lines.map(({ msg }) => String(msg)) }
}

const LOST = 'the members of the cluster cannot be read: nodes that are linked go on, new nodes are not seen until it works again'
const BACK = 'the members of the cluster are known again'

t.test('a source is asked each 3 s, and is current from the first answer on', async (t) => {
  const { looks, answers, clock, logged } = newLooks()
  const first = looks.now()
  t.equal(looks.isCurrent, false)
  answers[0]?.resolve()
  await first
  t.equal(looks.isCurrent, true)
  await clock.tick(2999)
  t.equal(answers.length, 1)
  await clock.tick(1)
  t.equal(answers.length, 2)
  t.same(logged(), [])
})

t.test('one line when it fails, one when it is back', async (t) => {
  const { looks, answers, clock, logged } = newLooks()
  looks.now()
  for (let i = 0; i < 3; i++) {
    answers[i]?.reject(new Error('refused'))
    await clock.tick(3000)
    t.equal(looks.isCurrent, false)
  }
  t.same(logged(), [LOST])
  answers[3]?.resolve()
  await turn()
  t.equal(looks.isCurrent, true)
  t.same(logged(), [LOST, BACK])
  await clock.tick(3000)
  answers[4]?.reject(new Error('refused'))
  await turn()
  t.same(logged(), [LOST, BACK, LOST])
})

t.test('a question that hangs fails after 2 s, and no other one is asked meanwhile', async (t) => {
  const { looks, answers, clock, logged } = newLooks()
  const first = looks.now()
  await clock.tick(1999)
  t.same(logged(), [])
  await clock.tick(1)
  await first
  t.same(logged(), [LOST])
  await clock.tick(60_000)
  looks.now()
  t.equal(answers.length, 1)
  answers[0]?.resolve()
  await turn()
  t.equal(looks.isCurrent, true, 'the late answer counts')
  t.equal(answers.length, 2, 'the next question follows at once')
  t.same(logged(), [LOST, BACK])
  answers[1]?.resolve()
  await clock.tick(3000)
  t.equal(answers.length, 3)
})

t.test('when it is stopped, it asks no more and says nothing', async (t) => {
  const { looks, answers, clock, logged } = newLooks()
  const first = looks.now()
  looks.now()
  looks.stop()
  answers[0]?.reject(new Error('closed'))
  await first
  await clock.tick(10_000)
  looks.now()
  t.equal(answers.length, 1)
  t.equal(looks.isCurrent, false)
  t.equal(clock.timers, 0)
  t.same(logged(), [])
})
