import t from 'tap'
import { Clock } from '../../kit/clock.js'
import { FakeTransport, newSession, openSession } from '../../kit/fakes/revision-1-session.js'

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

const ERROR = 50
const DEBUG = 20
const fail = (): never => { throw new Error('of a listener') }
const failure = { level: ERROR, sid: 'a…', err: { message: 'of a listener' } }

t.test('an error of a \'packet\' listener is logged, and the session lives on', async (t) => {
  const { session, socket, lines, transport } = openSession()
  socket.once('packet', fail)
  session.onFrame('3:::one')
  t.match(lines, [failure])
  socket.on('packet', () => socket.send({ type: 'message', data: 'alive' }))
  session.onFrame('3:::two')
  t.strictSame(transport.take(), [['3:::alive']])
})

t.test('a listener that sends what cannot be written is told so, and the log as well', async (t) => {
  const { session, socket, lines, transport } = openSession()
  socket.on('packet', () => socket.send({ type: 'message', endpoint: '/a:b', data: 'x' }))
  session.onFrame('3:::one')
  t.match(lines, [{ level: ERROR, err: { message: 'cannot send a packet of type "message": an endpoint cannot contain a colon' } }])
  t.throws(() => socket.send({ type: 'event', name: 'e', ack: 'data', id: 'x' }), { code: 'FST_SIO_INVALID_PACKET' })
  t.strictSame(transport.take(), [])
})

t.test('what is no packet is dropped with a word at debug level', async (t) => {
  const { session, socket, lines, transport } = openSession()
  const packets: unknown[] = []
  socket.on('packet', (packet) => packets.push(packet))
  for (const frame of ['', 'garbage', '5:::nojson', '9:::x']) session.onFrame(frame)
  t.strictSame(packets, [])
  t.strictSame(lines.map(({ level, msg }) => [level, msg]), Array.from({ length: 4 }, () => [DEBUG, 'packet dropped']))
  t.equal(socket.readyState, 'open')
  t.strictSame(transport.take(), [])
})

t.test('an error of a \'connection\' listener is logged, and the client is connected', async (t) => {
  const { session, socket, lines } = newSession()
  const transport = new FakeTransport()
  session.open(transport, fail)
  t.match(lines.filter(({ level }) => level === ERROR), [failure])
  t.strictSame(transport.take(), [['1::']])
  t.equal(socket.readyState, 'open')
})

t.test('an error of a \'close\' listener is logged and does not reach who ended the session', async (t) => {
  const { socket, lines, ended, transport } = openSession()
  socket.once('close', fail)
  socket.close()
  t.match(lines.filter(({ level }) => level === ERROR), [failure])
  t.strictSame(ended, [true])
  t.strictSame(transport.ends, ['silently'])
})

t.test('an error of a \'close\' listener does not stop the clock', async (t) => {
  const { session, socket, lines } = openSession({ closeTimeout: 100 }, new FakeTransport(false))
  socket.once('close', fail)
  session.onIdle()
  clock.tick(200)
  t.match(lines.filter(({ level }) => level === ERROR), [failure])
  t.equal(socket.readyState, 'closed')
})

t.test('errors of \'drain\' and \'upgrade\' listeners are logged, and the packets go out', async (t) => {
  const { session, socket, lines, transport } = openSession()
  const next = new FakeTransport()
  socket.on('drain', fail)
  socket.on('upgrade', fail)
  transport.writable = false
  socket.send({ type: 'message', data: 'one' })
  session.attach(next)
  t.strictSame(next.take(), [['3:::one']])
  t.match(lines.filter(({ msg }) => msg !== 'session moved'), [failure, { ...failure, level: DEBUG }])
})

t.test('an application whose listener fails with each packet has that in its log once', async (t) => {
  const { session, socket, lines } = openSession()
  socket.on('packet', fail)
  for (let i = 0; i < 100; i++) session.onFrame('4:::1')
  const [first, ...others] = lines
  t.match(first, { level: ERROR, msg: /^a listener of "packet" failed: it is called with decoded packets/ })
  t.ok(others.every(({ level }) => level === DEBUG))
})
