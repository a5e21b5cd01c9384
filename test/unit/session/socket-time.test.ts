import t from 'tap'
import { Clock } from '../../kit/clock.js'
import { FakeTransport, openSession, RESOLUTION } from '../../kit/fakes/revision-1-session.js'

/** A timer is late by no more. */
const LATE = 2 * RESOLUTION

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

const times = { heartbeatInterval: 1000, heartbeatTimeout: 3000, closeTimeout: 2000 }

t.test('a stream gets a heartbeat each interval after the client\'s last one', async (t) => {
  const { session, transport } = openSession(times)
  for (let round = 0; round < 3; round++) {
    clock.tick(999)
    t.strictSame(transport.take(), [])
    clock.tick(1 + LATE)
    t.strictSame(transport.take(), [['2::']])
    clock.tick(500)
    session.onFrame('2::')
  }
})

t.test('a heartbeat that nobody asked for postpones the next', async (t) => {
  const { session, transport } = openSession(times)
  for (let round = 0; round < 5; round++) {
    clock.tick(900)
    session.onFrame('2::')
  }
  t.strictSame(transport.take(), [])
})

t.test('a client that does not answer a heartbeat ends with "ping timeout"', async (t) => {
  const { session, socket, transport, closes } = openSession(times)
  clock.tick(1000 + LATE)
  t.strictSame(transport.take(), [['2::']])
  clock.tick(2900)
  session.onFrame('3:::other packets do not count')
  t.equal(socket.readyState, 'open')
  clock.tick(100 + LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']])
  t.strictSame(transport.ends, ['silently'])
  t.strictSame(transport.take(), [], 'one heartbeat was asked')
})

t.test('a heartbeat waits its turn behind what is queued', async (t) => {
  const { session, socket, transport } = openSession(times)
  transport.writable = false
  socket.send({ type: 'message', data: 'one' })
  clock.tick(1000 + LATE)
  transport.writable = true
  session.onWritable()
  t.strictSame(transport.take(), [['3:::one', '2::']])
})

t.test('without an interval a stream gets no heartbeats and lives on', async (t) => {
  const { socket, transport } = openSession({ ...times, heartbeatInterval: false })
  clock.tick(100_000)
  t.strictSame(transport.take(), [])
  t.equal(socket.readyState, 'open')
})

t.test('polls get no heartbeats, and no time runs while one is held', async (t) => {
  const { socket, transport } = openSession(times, new FakeTransport(false))
  clock.tick(100_000)
  t.strictSame(transport.take(), [])
  t.equal(socket.readyState, 'open')
})

t.test('a client that does not poll again in time ends with "ping timeout"', async (t) => {
  const { session, transport, closes } = openSession(times, new FakeTransport(false))
  transport.hold(false)
  session.onIdle()
  clock.tick(1999)
  t.strictSame(closes, [])
  clock.tick(1 + LATE)
  t.strictSame(closes, [['ping timeout', 'poll timeout']])
})

t.test('each poll stops the close timeout, and its end starts it anew', async (t) => {
  const { session, transport, closes } = openSession(times, new FakeTransport(false))
  for (let round = 0; round < 5; round++) {
    transport.hold(false)
    session.onIdle()
    clock.tick(1900)
    transport.hold(true)
    session.onOpen()
    clock.tick(1900)
  }
  t.strictSame(closes, [])
  transport.hold(false)
  session.onIdle()
  session.onFrame('2::')
  session.onFrame('3:::x')
  clock.tick(2000 + LATE)
  t.strictSame(closes, [['ping timeout', 'poll timeout']], 'what it posts does not count')
})

t.test('a session whose first request is no poll ends after the close timeout', async (t) => {
  const { closes } = openSession(times, new FakeTransport(false).hold(false))
  clock.tick(1999)
  t.strictSame(closes, [])
  clock.tick(1 + LATE)
  t.strictSame(closes, [['ping timeout', 'poll timeout']])
})

t.test('a session that moves from a poll to a stream gets heartbeats from then on', async (t) => {
  const { session } = openSession(times, new FakeTransport(false))
  const stream = new FakeTransport()
  session.attach(stream)
  clock.tick(1000 + LATE)
  t.strictSame(stream.take(), [['2::']])
})

t.test('a heartbeat unanswered on a stream is forgotten when the session moves to another', async (t) => {
  const { session, socket, transport } = openSession(times)
  clock.tick(1000 + LATE)
  t.strictSame(transport.take(), [['2::']])
  clock.tick(2500)
  const stream = new FakeTransport()
  session.attach(stream)
  clock.tick(999)
  t.equal(socket.readyState, 'open')
  clock.tick(1 + LATE)
  t.strictSame(stream.take(), [['2::']])
})

t.test('no time runs for a session that has ended', async (t) => {
  const { session, socket, transport, closes, ended } = openSession(times)
  socket.close()
  transport.take()
  session.onOpen()
  session.onIdle()
  clock.tick(100_000)
  t.strictSame(transport.take(), [])
  t.equal(closes.length, 1)
  t.equal(ended.length, 1)
})
