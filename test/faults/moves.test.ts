// A session that moves while an answer is still on its way: what may come back goes first.
import t from 'tap'
import { FakeTransport, openSession } from '../kit/fakes/revision-1-session.js'

t.test('what a poll may give back goes before everything else, also when its session has moved twice meanwhile', async (t) => {
  const { session, socket, transport: polls } = openSession({}, new FakeTransport(false))
  const [first, second] = [new FakeTransport(), new FakeTransport()]
  polls.delivering = true
  session.attach(first)
  socket.send({ type: 'message', data: '1' })
  session.attach(second)
  socket.send({ type: 'message', data: '2' })
  t.strictSame([first.take(), second.take()], [[], []], 'nothing overtakes it')
  polls.delivering = false
  session.onReturned(['3:::0'])
  session.onWritable()
  t.strictSame([first.take(), second.take()], [[], [['3:::0', '3:::1', '3:::2']]])
})
