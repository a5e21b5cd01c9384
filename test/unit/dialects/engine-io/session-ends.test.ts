// How sessions of Engine.IO end: what is queued goes out first, what comes after is not sent, and every end is told once.
import t from 'tap'
import { Clock } from '../../../kit/clock.js'
import { newEngineSession, openEngineSession, polledSession, TIMES, upgradingSession, VERSIONS } from '../../../kit/fakes/engine-io-session.js'
import { FakeTransport, RESOLUTION } from '../../../kit/fakes/revision-1-session.js'

const LATE = 2 * RESOLUTION
const { pingInterval, pingTimeout, closeTimeout } = TIMES

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

const FORCED = [['forced close', 'closed by server']]

for (const version of VERSIONS) {
  t.test(`engine ${version}`, async (t) => {
    t.test('closing with a poll open and nothing queued says so at once', async (t) => {
      const { socket, poll, body, closes } = polledSession({ version })
      const open = poll()
      socket.close()
      t.strictSame(open.answers, [body('1')])
      t.strictSame(closes, FORCED)
      t.equal(clock.intervals, 0)
    })

    t.test('closing between polls waits for one, for closeTimeout at most', async (t) => {
      const { socket, read, body, closes } = polledSession({ version })
      socket.close()
      t.equal(socket.readyState, 'closing')
      t.strictSame(closes, [])
      clock.tick(closeTimeout - 1)
      t.equal(socket.readyState, 'closing')
      t.equal(read(), body('1'))
      t.strictSame(closes, FORCED)
      t.equal(clock.intervals, 0)
    })

    t.test('closing between polls, with no poll within closeTimeout, ends all the same', async (t) => {
      const { socket, poll, body, closes } = polledSession({ version })
      socket.write('nobody comes for it')
      socket.close()
      clock.tick(closeTimeout + LATE)
      t.strictSame(closes, FORCED)
      t.equal(socket.bufferedAmount, 0)
      t.strictSame(poll().answers, [body('6')], 'a poll that comes too late is not held')
      t.equal(clock.intervals, 0)
    })

    // The end has a poll of its own: a 4.x client acts on it before it has handled the packets beside it.
    t.test('closing with packets queued sends them with the next poll, and the end with the one after', async (t) => {
      const { socket, read, body, closes } = polledSession({ version })
      socket.write('one')
      socket.write('two')
      socket.close()
      socket.write('three')
      t.equal(read(), body('4one', '4two'), 'what is sent after it is not queued')
      t.strictSame(closes, [])
      t.equal(read(), body('1'))
      t.strictSame(closes, FORCED)
    })

    t.test('the time for both of these polls is closeTimeout', async (t) => {
      const { socket, read, body, closes } = polledSession({ version })
      socket.write('one')
      socket.close()
      clock.tick(closeTimeout / 2)
      t.equal(read(), body('4one'))
      clock.tick(closeTimeout / 2 - 1)
      t.strictSame(closes, [])
      clock.tick(1 + LATE)
      t.strictSame(closes, FORCED)
    })

    t.test('closing while an answer is under way waits for its end; if it breaks, so does the session', async (t) => {
      for (const whole of [true, false]) {
        const { socket, poll, polling, read, body, closes } = polledSession({ version })
        const answer = poll()
        socket.write('one')
        t.strictSame(answer.answers, [body('4one')])
        socket.close()
        t.strictSame(closes, [])
        polling.responseEnded(answer, whole)
        if (whole) {
          t.equal(read(), body('1'))
          t.strictSame(closes, FORCED)
        } else {
          t.match(closes, [['transport error', 'connection broken', { message: 'the connection of a poll broke' }]])
        }
      }
    })

    t.test('a session that is closing hears nothing more and takes no heartbeat', async (t) => {
      const { session, socket, read, body, heard, closes } = polledSession({ version })
      socket.write('one')
      socket.close()
      session.onFrame('4too late')
      session.onFrame(version === 4 ? '3' : '2')
      socket.close()
      t.strictSame(heard, [])
      t.equal(read(), body('4one'))
      clock.tick(closeTimeout + LATE)
      t.strictSame(closes, FORCED)
    })

    t.test('a session that a \'connection\' listener closes is told of its opening first', async (t) => {
      for (const persistent of [true, false]) {
        const { session, socket, closes } = newEngineSession({ version })
        const transport = new FakeTransport(persistent).hold(persistent)
        session.open(transport, () => {
          socket.write('one')
          socket.close()
        })
        transport.hold(true)
        session.onWritable()
        t.match(transport.take(), [[/^0\{/, '4one']])
        session.onWritable()
        t.strictSame(transport.ends, [persistent ? 'silently' : '1'])
        t.strictSame(closes, FORCED)
      }
    })

    t.test('so is one that it closes without a word', async (t) => {
      const { session, socket } = newEngineSession({ version })
      const transport = new FakeTransport()
      session.open(transport, () => socket.close())
      t.match(transport.take(), [[/^0\{/]])
      t.strictSame(transport.ends, ['silently'])
    })

    t.test('closing a WebSocket that is backed up sends what is queued as soon as it can, then ends', async (t) => {
      const { session, socket, transport, closes } = openEngineSession({ version })
      transport.writable = false
      socket.write('one')
      socket.write('two')
      socket.close()
      socket.write('three')
      t.strictSame([transport.take(), transport.ends, closes], [[], [], []])
      transport.writable = true
      session.onWritable()
      t.strictSame(transport.take(), [['4one', '4two']])
      t.strictSame(transport.ends, ['silently'])
      t.strictSame(closes, FORCED)
    })

    t.test('closing a WebSocket that stays backed up ends after closeTimeout', async (t) => {
      const { socket, transport, closes } = openEngineSession({ version })
      transport.writable = false
      socket.write('one')
      socket.close()
      clock.tick(closeTimeout - 1)
      t.strictSame(transport.ends, [])
      clock.tick(1 + LATE)
      t.strictSame(transport.ends, ['silently'])
      t.strictSame(closes, FORCED)
      t.equal(clock.intervals, 0)
    })

    t.test('closing a WebSocket with nothing queued closes it', async (t) => {
      const { socket, transport, closes } = openEngineSession({ version })
      socket.close()
      t.strictSame(transport.ends, ['silently'])
      t.strictSame(closes, FORCED)
    })

    t.test('a WebSocket that breaks while its session is closing ends it', async (t) => {
      const { session, socket, transport, closes } = openEngineSession({ version })
      transport.writable = false
      socket.write('one')
      socket.close()
      session.onClose('connection closed')
      t.strictSame(closes, [['transport close', 'connection closed']])
      t.equal(clock.intervals, 0)
    })

    t.test('closing during an upgrade, between polls: what is queued and the end go to polls', async (t) => {
      const { socket, upgrade, candidate, read, body, closes } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      candidate.take()
      socket.write('one')
      socket.close()
      t.equal(read(), body('4one'))
      t.equal(read(), body('1'))
      t.strictSame(candidate.ends, ['silently'])
      t.strictSame(candidate.take(), [])
      t.strictSame(closes, FORCED)
    })

    t.test('closing during an upgrade that then succeeds: what is queued goes out on the WebSocket', async (t) => {
      const { socket, upgrade, candidate, closes } = upgradingSession({ version })
      upgrade.onFrame('2probe')
      candidate.take()
      socket.write('one')
      socket.close()
      upgrade.onFrame('5')
      t.strictSame(candidate.take(), [['4one']])
      t.strictSame(candidate.ends, ['silently'])
      t.strictSame(closes, FORCED)
      t.equal(clock.intervals, 0)
    })

    t.test('closing during an upgrade, with an answer under way when 5 comes: nothing is lost, and the end waits', async (t) => {
      for (const whole of [true, false]) {
        const { socket, upgrade, candidate, poll, polling, closes } = upgradingSession({ version })
        const answer = poll()
        socket.write('one')
        socket.write('two')
        socket.close()
        upgrade.onFrame('5')
        t.strictSame([candidate.take(), candidate.ends], [[], []])
        polling.responseEnded(answer, whole)
        t.strictSame(candidate.take(), [whole ? ['4two'] : ['4one', '4two']])
        t.strictSame(candidate.ends, ['silently'])
        t.strictSame(closes, FORCED)
      }
    })

    t.test('the client\'s goodbye ends its session; an open poll is answered with nothing, a WebSocket closed', async (t) => {
      const { session, poll, body, closes, heard } = polledSession({ version })
      const open = poll()
      for (const frame of ['4before', '1', '4after']) session.onFrame(frame)
      t.strictSame(heard, ['before'])
      t.strictSame(open.answers, [body('6')])
      t.strictSame(closes, [['transport close', 'client left']])

      const other = openEngineSession({ version })
      for (const frame of ['4before', '1', '4after']) other.session.onFrame(frame)
      t.strictSame(other.heard, ['before'])
      t.equal(other.transport.ends.length, 1)
      t.strictSame(other.closes, [['transport close', 'client left']])
    })

    t.test('a poll that breaks while it waits ends the session', async (t) => {
      const { socket, poll, polling, closes } = polledSession({ version })
      polling.responseEnded(poll(), false)
      t.match(closes, [['transport error', 'connection broken', { message: 'the connection of a poll broke' }]])
      t.equal(socket.readyState, 'closed')
      t.equal(clock.intervals, 0)
    })

    t.test('an answer that breaks ends the session, and a poll that came meanwhile is told', async (t) => {
      const { socket, poll, polling, body, closes } = polledSession({ version })
      const answer = poll()
      socket.write('one')
      const next = poll()
      polling.responseEnded(answer, false)
      t.match(closes, [['transport error', 'connection broken', { message: 'the connection of a poll broke' }]])
      t.strictSame(next.answers, [body('1')])
    })

    t.test('a packet that is none ends the session with "parse error"', async (t) => {
      for (const frame of ['', 'x', '7', '9hello']) {
        const { session, transport, closes } = openEngineSession({ version })
        session.onFrame(frame)
        t.match(closes, [['parse error', 'parse error', Error]], JSON.stringify(frame))
        t.equal(transport.ends.length, 1)
      }
    })

    t.test('an end in the middle of whatever is told once, and no time runs after it', async (t) => {
      const { session, socket, transport, closes } = openEngineSession({ version })
      socket.on('data', () => {
        socket.close()
        session.end('parse error')
      })
      session.onFrame('4x')
      session.onFrame('1')
      session.onClose('connection broken')
      clock.tick(pingInterval + pingTimeout + closeTimeout)
      t.strictSame(closes, FORCED)
      t.strictSame(transport.take(), [])
    })

    t.test('above maxQueueBytes a client is given up, on polls as on a WebSocket', async (t) => {
      for (const persistent of [true, false]) {
        const { socket, transport, closes } = openEngineSession({ version, maxQueueBytes: 20 + 96 }, new FakeTransport(persistent))
        transport.hold(persistent).writable = false
        socket.write('x'.repeat(19))
        t.equal(socket.bufferedAmount, 20)
        t.strictSame(closes, [], 'not at it')
        socket.write('')
        t.match(closes, [['transport error', 'slow client', { message: /^more bytes wait for the client than maxQueueBytes/ }]])
      }
    })

    t.test('with slowClient "drop" volatile packets make room first, the oldest before the others', async (t) => {
      const { session, socket, transport, closes } = openEngineSession({ version, maxQueueBytes: 12 + 3 * 96, slowClient: 'drop' })
      transport.writable = false
      socket.write('kept')
      socket.write('v1', { volatile: true })
      socket.write('v2', { volatile: true })
      socket.write('12')
      t.equal(socket.bufferedAmount, '4kept4v2412'.length)
      transport.writable = true
      session.onWritable()
      t.strictSame(transport.take(), [['4kept', '4v2', '412']])
      t.strictSame(closes, [])
    })

    t.test('a volatile packet is dropped between polls, and waits behind an open poll or on a WebSocket', async (t) => {
      const { socket, read, poll, polling, body } = polledSession({ version })
      socket.write('lost', { volatile: true })
      socket.write('kept')
      t.equal(read(), body('4kept'))
      const open = poll()
      socket.write('at once', { volatile: true })
      t.strictSame(open.answers, [body('4at once')])
      const next = poll()
      socket.write('waits', { volatile: true })
      t.strictSame(next.answers, [])
      polling.responseEnded(open, true)
      t.strictSame(next.answers, [body('4waits')])
    })

    t.test('what was queued and what is under way counts as buffered, and \'drain\' tells when it has gone', async (t) => {
      const { socket, poll, polling, body } = polledSession({ version })
      let drained = 0
      socket.on('drain', () => drained++)
      socket.write('é')
      t.equal(socket.bufferedAmount, 3, 'in bytes')
      const open = poll()
      t.strictSame([socket.bufferedAmount, drained], [3, 0], 'the answer is on its way')
      socket.write('two')
      t.equal(socket.bufferedAmount, 7)
      polling.responseEnded(open, true)
      t.strictSame([socket.bufferedAmount, drained], [4, 0], 'something else waits')
      const next = poll()
      t.strictSame(next.answers, [body('4two')])
      polling.responseEnded(next, true)
      t.strictSame([socket.bufferedAmount, drained], [0, 1])
    })
  })
}
