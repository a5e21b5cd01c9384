// A session that moves while an answer is still on its way: what may come back goes first.
import t from 'tap'
import { FakeTransport, openSession } from '../kit/fakes/revision-1-session.js'

t.test('what a poll may give back goes before everything else, also when its session has moved twice meanwhile', async (t) => {
  const { socket, transport: polls } = openSession({}, new FakeTransport(false))
  const [first, second] = [new FakeTransport(), new FakeTransport()]
  polls.delivering = true
  socket.attach(first)
  socket.send({ type: 'message', data: '1' })
  socket.attach(second)
  socket.send({ type: 'message', data: '2' })
  t.strictSame([first.take(), second.take()], [[], []], 'nothing overtakes it')
  polls.delivering = false
  socket.onReturned(['3:::0'])
  socket.onWritable()
  t.strictSame([first.take(), second.take()], [[], [['3:::0', '3:::1', '3:::2']]])
})
