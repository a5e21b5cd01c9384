// Heartbeats of Engine.IO: in 4 the server asks, in 3 the client does. On polls as on WebSockets, and from one to the other.
import t from 'tap'
import { Clock } from '../../../kit/clock.js'
import { openEngineSession, polledSession, TIMES, upgradingSession, VERSIONS } from '../../../kit/fakes/engine-io-session.js'
import { FakeTransport, RESOLUTION } from '../../../kit/fakes/revision-1-session.js'

/** A timer is late by no more. */
const LATE = 2 * RESOLUTION
const { pingInterval, pingTimeout } = TIMES

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

t.test('engine 4: a ping comes each interval after the client\'s last pong', async (t) => {
  const { session, socket, transport } = openEngineSession()
  for (let round = 0; round < 4; round++) {
    clock.tick(pingInterval - 1)
    t.strictSame(transport.take(), [])
    clock.tick(1 + LATE)
    t.strictSame(transport.take(), [['2']])
    clock.tick(pingTimeout - 50)
    session.onFrame('3')
  }
  t.equal(socket.readyState, 'open')
})

t.test('engine 4: a client that does not answer within the timeout ends with "ping timeout"', async (t) => {
  const { transport, closes } = openEngineSession()
  clock.tick(pingInterval + LATE)
  t.strictSame(transport.take(), [['2']])
  clock.tick(pingTimeout - LATE - 1)
  t.strictSame(closes, [])
  clock.tick(1 + 2 * LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']])
  t.strictSame(transport.ends, ['silently'])
  t.strictSame(transport.take(), [], 'one ping was asked')
  t.equal(clock.intervals, 0)
})

t.test('engine 4: another packet instead of the pong gives the client its time once more, and once only', async (t) => {
  const { session, transport, closes } = openEngineSession()
  clock.tick(pingInterval + LATE)
  clock.tick(pingTimeout - 50)
  session.onFrame('4large')
  clock.tick(pingTimeout - 50)
  t.strictSame(closes, [])
  session.onFrame('4larger')
  clock.tick(50 + LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']])
  t.strictSame(transport.take(), [['2']])
})

t.test('engine 4: a pong after such a packet is in time, and the next ping gives that time again', async (t) => {
  const { session, transport, closes } = openEngineSession()
  for (let round = 0; round < 3; round++) {
    clock.tick(pingInterval + LATE)
    t.strictSame(transport.take(), [['2']])
    clock.tick(pingTimeout - 50)
    session.onFrame('4large')
    clock.tick(pingTimeout - 50)
    session.onFrame('3')
  }
  t.strictSame(closes, [])
})

t.test('engine 4: other packets postpone no ping', async (t) => {
  const { session, transport } = openEngineSession()
  for (let i = 0; i < 9; i++) {
    clock.tick(pingInterval / 10)
    session.onFrame('4busy')
  }
  t.strictSame(transport.take(), [])
  clock.tick(pingInterval / 10 + LATE)
  t.strictSame(transport.take(), [['2']])
})

t.test('engine 3: the client\'s pings are answered, and no others are sent', async (t) => {
  const { session, socket, transport } = openEngineSession({ version: 3 })
  for (let round = 0; round < 4; round++) {
    clock.tick(pingInterval + pingTimeout - 1)
    t.strictSame(transport.take(), [])
    session.onFrame('2')
    t.strictSame(transport.take(), [['3']])
  }
  t.equal(socket.readyState, 'open')
})

t.test('engine 3: a client that sends no ping for the interval and the timeout ends with "ping timeout"', async (t) => {
  const { session, transport, closes } = openEngineSession({ version: 3 })
  clock.tick(500)
  session.onFrame('2')
  transport.take()
  clock.tick(pingInterval + pingTimeout - 1)
  session.onFrame('4messages do not count')
  t.strictSame(closes, [])
  clock.tick(1 + LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']])
  t.strictSame(transport.ends, ['silently'])
  t.strictSame(transport.take(), [])
  t.equal(clock.intervals, 0)
})

for (const { version, wrong, says } of [{ version: 4, wrong: '2', says: 'ping' }, { version: 3, wrong: '3', says: 'pong' }] as const) {
  for (const persistent of [true, false]) {
    t.test(`engine ${version}: a ${says} of the client is the wrong direction and ends its session, ${persistent ? 'on a WebSocket' : 'on polls'}`, async (t) => {
      const { session, transport, closes } = openEngineSession({ version }, new FakeTransport(persistent))
      session.onFrame(wrong)
      t.match(closes, [['transport error', 'protocol violation', { message: 'invalid heartbeat direction' }]])
      t.strictSame(transport.ends, [persistent ? 'silently' : '1'])
      t.strictSame(transport.take(), [], 'and is not answered')
      t.equal(clock.intervals, 0)
    })
  }
}

t.test('engine 4: a ping answers the poll that is open, and the pong comes by POST', async (t) => {
  const { session, socket, polling, poll, read, closes } = polledSession()
  for (let round = 0; round < 3; round++) {
    const open = poll()
    clock.tick(pingInterval + LATE)
    t.strictSame(open.answers, ['2'])
    polling.responseEnded(open, true)
    clock.tick(pingTimeout - 50)
    session.onFrame('3')
    t.equal(socket.readyState, 'open')
    socket.write('alive')
    t.equal(read(), '4alive')
  }
  t.strictSame(closes, [])
})

t.test('engine 4: a ping waits for the next poll, and what is sent meanwhile comes behind it', async (t) => {
  const { socket, read, closes } = polledSession()
  clock.tick(pingInterval + LATE)
  socket.write('behind')
  clock.tick(pingTimeout - 50)
  t.equal(read(), '2\x1e4behind')
  t.strictSame(closes, [])
})

for (const version of VERSIONS) {
  t.test(`engine ${version}: a client that never polls again ends with "ping timeout"`, async (t) => {
    const { closes } = polledSession({ version })
    clock.tick(pingInterval + pingTimeout - 1)
    t.strictSame(closes, [])
    clock.tick(1 + 2 * LATE)
    t.strictSame(closes, [['ping timeout', 'ping timeout']])
  })

  t.test(`engine ${version}: polls alone keep no session: a client that polls and sends no heartbeat ends, and its poll is told`, async (t) => {
    const { poll, read, body, closes } = polledSession({ version })
    clock.tick(pingInterval + LATE)
    if (version === 4) t.equal(read(), '2')
    const open = poll()
    clock.tick(pingTimeout + LATE)
    t.strictSame(open.answers, [body('1')])
    t.strictSame(closes, [['ping timeout', 'ping timeout']])
  })
}

t.test('engine 3: a pong answers the poll that is open, or waits for the next', async (t) => {
  const { session, poll, polling, read, closes } = polledSession({ version: 3 })
  for (let round = 0; round < 3; round++) {
    const open = poll()
    clock.tick(pingInterval)
    session.onFrame('2')
    t.strictSame(open.answers, ['1:3'])
    polling.responseEnded(open, true)
    clock.tick(pingInterval)
    session.onFrame('2')
    t.equal(read(), '1:3')
  }
  t.strictSame(closes, [])
})

t.test('engine 4: a ping that went by poll may be answered on the WebSocket, and the interval counts from there', async (t) => {
  const { attempt, upgrade: first, read, closes } = upgradingSession()
  first.abandon()
  clock.tick(pingInterval + LATE)
  t.equal(read(), '2')
  const { upgrade, candidate } = attempt()
  upgrade.onFrame('5')
  clock.tick(pingTimeout - 50)
  candidate.listener?.onFrame('3')
  clock.tick(pingInterval - 1)
  t.strictSame(candidate.take(), [])
  clock.tick(1 + LATE)
  t.strictSame(candidate.take(), [['2']])
  t.strictSame(closes, [])
})

t.test('engine 4: a ping that no poll has taken goes out on the WebSocket, once', async (t) => {
  const { attempt, upgrade: first, closes } = upgradingSession()
  first.abandon()
  clock.tick(pingInterval + LATE)
  const { upgrade, candidate } = attempt()
  upgrade.onFrame('5')
  t.strictSame(candidate.take(), [['2']])
  clock.tick(pingTimeout + LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']], 'the move answers nothing')
})

t.test('engine 4: the move to a WebSocket postpones no ping', async (t) => {
  const { attempt, upgrade: first } = upgradingSession()
  first.abandon()
  clock.tick(pingInterval - 100)
  const { upgrade, candidate } = attempt()
  upgrade.onFrame('2probe')
  upgrade.onFrame('5')
  t.strictSame(candidate.take(), [['3probe']])
  clock.tick(100 + LATE)
  t.strictSame(candidate.take(), [['2']])
})

t.test('engine 3: a ping by POST before the move is answered on the WebSocket, and the time counts from it', async (t) => {
  const { session, upgrade, candidate, closes } = upgradingSession({ version: 3 })
  clock.tick(200)
  session.onFrame('2')
  upgrade.onFrame('5')
  t.strictSame(candidate.take(), [['3']])
  clock.tick(pingInterval + pingTimeout - 1)
  t.strictSame(closes, [])
  candidate.listener?.onFrame('2')
  t.strictSame(candidate.take(), [['3']])
  clock.tick(pingInterval + pingTimeout + LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']])
})

t.test('engine 3: a ping on the WebSocket that is tried out is none of the session, and fails the attempt', async (t) => {
  const { upgrade, candidate, closes } = upgradingSession({ version: 3 })
  upgrade.onFrame('2')
  t.strictSame([candidate.take(), candidate.ends], [[], ['silently']])
  clock.tick(pingInterval + pingTimeout + LATE)
  t.strictSame(closes, [['ping timeout', 'ping timeout']])
})
