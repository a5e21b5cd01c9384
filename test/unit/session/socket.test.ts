import { EventEmitter } from 'node:events'
import t from 'tap'
import { QueueBudget } from '../../../src/session/queue-budget.js'
import { Clock } from '../../kit/clock.js'
import { FakeTransport, newSession, openSession, RESOLUTION } from '../../kit/fakes/revision-1-session.js'

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

const message = (data: string) => ({ type: 'message', data } as const)

t.test('a session opens with its first transport, and is closed when it ends', async (t) => {
  const { session, socket, ended } = newSession()
  t.equal(socket.readyState, 'opening')
  t.equal(socket.transport.writable, false, 'there is a transport before the first')
  session.open(new FakeTransport(), () => t.equal(socket.readyState, 'open', '\'connection\' listeners see it open'))
  t.equal(socket.readyState, 'open')
  socket.close()
  t.equal(socket.readyState, 'closed')
  t.strictSame(ended, [true])
})

t.test('a session says who it is', async (t) => {
  const { socket } = newSession()
  t.match(socket, { id: 'abc', remoteAddress: '192.0.2.1', context: { user: 'u' }, dialect: 'revision 1', protocol: 3, bufferedAmount: 0 })
})

t.test('nothing is sent before a session opens nor after it has ended', async (t) => {
  const { session, socket } = newSession()
  const transport = new FakeTransport()
  t.equal(socket.send({ ...message('early'), ack: 'plain' }), undefined)
  session.open(transport, () => {})
  t.strictSame(transport.take(), [['1::']])
  socket.close()
  t.equal(socket.send({ ...message('late'), ack: 'plain' }), undefined)
  socket.write('2["late"]')
  t.strictSame(transport.take(), [])
  t.equal(socket.bufferedAmount, 0)
})

t.test('the connect packet goes first, also when \'connection\' listeners send', async (t) => {
  const { session, socket } = newSession()
  const transport = new FakeTransport()
  session.open(transport, () => {
    socket.send(message('one'))
    socket.send(message('two'), { volatile: true })
    t.strictSame(transport.take(), [], 'nothing leaves while they run')
  })
  t.strictSame(transport.take(), [['1::', '3:::one', '3:::two']])
})

t.test('the connect packet waits for a transport that is not open yet', async (t) => {
  const { session, socket } = newSession()
  const transport = new FakeTransport(false).hold(false)
  session.open(transport, () => socket.send(message('one')))
  t.strictSame(transport.take(), [])
  transport.hold(true)
  session.onOpen()
  session.onWritable()
  t.strictSame(transport.take(), [['1::', '3:::one']])
})

t.test('a session that a \'connection\' listener closes sends nothing', async (t) => {
  const { session, socket, closes } = newSession()
  const transport = new FakeTransport()
  session.open(transport, () => {
    socket.send(message('one'))
    socket.close()
  })
  t.strictSame(transport.take(), [])
  t.strictSame(transport.ends, ['silently'])
  t.strictSame(closes, [['forced close', 'closed by server']])
})

t.test('packets leave at once while they can, and in order when they could not', async (t) => {
  const { session, socket, transport } = openSession()
  socket.send(message('one'))
  t.strictSame(transport.take(), [['3:::one']])
  transport.writable = false
  socket.send(message('two'))
  socket.send(message('three'))
  t.strictSame(transport.take(), [])
  t.equal(socket.bufferedAmount, '3:::two'.length + '3:::three'.length)
  transport.writable = true
  socket.send(message('four'))
  t.strictSame(transport.take(), [], 'nothing overtakes what waits')
  let drained = 0
  socket.on('drain', () => drained++)
  session.onWritable()
  t.strictSame(transport.take(), [['3:::two', '3:::three', '3:::four']])
  t.equal(socket.bufferedAmount, 0)
  t.equal(drained, 1)
  session.onWritable()
  t.strictSame(transport.take(), [], 'an empty queue is not sent')
  t.equal(drained, 1)
})

t.test('what the transport still holds counts as buffered', async (t) => {
  const { socket, transport } = openSession()
  transport.bufferedAmount = 7
  transport.writable = false
  socket.send(message('é'))
  t.equal(socket.bufferedAmount, 7 + 6, 'in bytes')
})

t.test('a volatile packet is dropped when nothing is held open, and waits when it is', async (t) => {
  const { session, socket, transport } = openSession()
  transport.writable = false
  socket.send(message('waits'), { volatile: true })
  transport.hold(false)
  socket.send(message('lost'), { volatile: true })
  socket.send(message('kept'))
  transport.hold(true)
  session.onWritable()
  t.strictSame(transport.take(), [['3:::waits', '3:::kept']])
})

t.test('frames that came back go first again, in their order', async (t) => {
  const { session, socket, transport } = openSession()
  transport.hold(false)
  socket.send(message('three'))
  session.onReturned(['3:::one', '3:::two'])
  t.equal(socket.bufferedAmount, '3:::one3:::two3:::three'.length)
  transport.hold(true)
  session.onWritable()
  t.strictSame(transport.take(), [['3:::one', '3:::two', '3:::three']])
  socket.close()
  session.onReturned(['3:::late'])
  t.equal(socket.bufferedAmount, 0, 'nothing comes back to a session that has ended')
})

t.test('a client that does not take what it is sent is closed above maxQueueBytes', async (t) => {
  const { socket, transport, closes, ended } = openSession({ maxQueueBytes: 20 + 96 })
  transport.writable = false
  socket.send(message('1234567890123456'))
  t.equal(socket.readyState, 'open', 'not at it')
  socket.send(message(''))
  t.equal(socket.readyState, 'closed')
  t.strictSame(transport.ends, ['destroyed', 'silently'])
  t.match(closes, [['transport error', 'slow client', { message: /^more bytes wait for the client than maxQueueBytes/ }]])
  t.strictSame(ended, [true])
})

t.test('with slowClient "drop" volatile packets are dropped first, the oldest before the others', async (t) => {
  const { session, socket, transport } = openSession({ maxQueueBytes: 20 + 3 * 96, slowClient: 'drop' })
  transport.writable = false
  socket.send(message('kept'))
  socket.send(message('v1'), { volatile: true })
  socket.send(message('v2'), { volatile: true })
  socket.send(message('12'))
  t.equal(socket.readyState, 'open')
  t.equal(socket.bufferedAmount, 20)
  transport.writable = true
  session.onWritable()
  t.strictSame(transport.take(), [['3:::kept', '3:::v2', '3:::12']])
})

t.test('with slowClient "drop" a client is closed when that does not help', async (t) => {
  const { socket, transport, closes } = openSession({ maxQueueBytes: 20 + 96, slowClient: 'drop' })
  transport.writable = false
  socket.send(message('v1'), { volatile: true })
  socket.send(message('12345678901234567'))
  t.equal(socket.readyState, 'closed')
  t.match(closes, [['transport error', 'slow client', Error]])
})

t.test('another transport takes over what is queued, and the older one ends', async (t) => {
  const { session, socket, transport } = openSession()
  const next = new FakeTransport(false)
  const upgrades: unknown[] = []
  socket.on('upgrade', (transport) => upgrades.push(transport))
  transport.hold(false)
  socket.send(message('one'))
  session.attach(next)
  t.strictSame(transport.ends, ['silently'])
  t.strictSame(next.take(), [['3:::one']])
  t.strictSame(transport.take(), [])
  t.equal(socket.transport, next)
  t.equal(upgrades[0], next)
  socket.send(message('two'))
  t.strictSame(next.take(), [['3:::two']])
})

t.test('a session ends once, with the first reason and what there is to say', async (t) => {
  const { session, socket, transport, closes, ended } = openSession()
  const cause = new Error('broken')
  session.end('client left', '0::', cause)
  session.end('ping timeout', '7::')
  socket.close()
  session.onClose('connection broken')
  t.strictSame(transport.ends, ['0::'])
  t.strictSame(closes, [['transport close', 'client left', cause]])
  t.strictSame(ended, [true])
})

t.test('a session has left the registry before \'close\' listeners hear of it', async (t) => {
  const { session, socket, ended } = openSession()
  let had: boolean[] = []
  socket.on('close', () => { had = [...ended] })
  session.onClose('connection closed')
  t.strictSame(had, [true])
})

t.test('a session that never opened ends without a word', async (t) => {
  const { socket, closes, ended } = newSession()
  socket.close()
  t.strictSame(closes, [])
  t.strictSame(ended, [false])
  clock.tick(100_000)
  t.strictSame(ended, [false])
})

t.test('a handshake without a first request ends after handshakeTimeout', async (t) => {
  const { socket, ended } = newSession({ handshakeTimeout: 500 })
  clock.tick(499)
  t.equal(socket.readyState, 'opening')
  clock.tick(1 + 2 * RESOLUTION)
  t.equal(socket.readyState, 'closed')
  t.strictSame(ended, [false])
})

t.test('what waits for a backed-up stream goes out before the goodbye', async (t) => {
  const { session, socket, transport } = openSession()
  transport.take()
  transport.writable = false
  socket.send(message('one'))
  socket.send(message('two'))
  t.strictSame(transport.take(), [])
  socket.send({ type: 'disconnect' })
  t.strictSame([transport.take(), transport.ends], [[], []], 'it is written when there is room')
  transport.writable = true
  session.onWritable()
  t.strictSame(transport.take(), [['3:::one', '3:::two']])
  t.strictSame(transport.ends, ['0::'])
})

t.test('while the transport before still delivers, what it holds counts, and nothing has gone', async (t) => {
  const { session, socket, transport } = openSession({}, new FakeTransport(false))
  let drained = 0
  socket.on('drain', () => drained++)
  Object.assign(transport, { writable: false, delivering: true, bufferedAmount: 50 })
  socket.send(message('waits'))
  const next = new FakeTransport()
  session.attach(next)
  socket.send(message('too'))
  t.strictSame(next.take(), [])
  t.equal(socket.bufferedAmount, 50 + '3:::waits3:::too'.length)
  t.equal(drained, 0)
  Object.assign(transport, { delivering: false, bufferedAmount: 0 })
  session.onWritable()
  t.strictSame(next.take(), [['3:::waits', '3:::too']])
  t.strictSame([socket.bufferedAmount, drained], [0, 1])
})

t.test('what had to wait has not gone while the transport before still delivers it', async (t) => {
  const budget = new QueueBudget(Infinity)
  const { session, socket, transport } = openSession({}, new FakeTransport(false), budget)
  let drained = 0
  socket.on('drain', () => drained++)
  transport.writable = false
  socket.send(message('waits'))
  transport.writable = true
  session.onWritable()
  t.strictSame(transport.take(), [['3:::waits']])
  t.equal(drained, 1)
  transport.writable = false
  socket.send(message('again'))
  Object.assign(transport, { writable: true })
  transport.send = (frames) => Object.assign(transport, { writable: false, delivering: true, bufferedAmount: frames.join('').length })
  session.onWritable()
  t.strictSame([drained, socket.bufferedAmount, budget.total], [1, 9, 9])
  session.attach(new FakeTransport())
  t.strictSame([drained, socket.bufferedAmount, budget.total], [1, 9, 9])
  Object.assign(transport, { delivering: false, bufferedAmount: 0 })
  session.onWritable()
  t.strictSame([drained, socket.bufferedAmount, budget.total], [2, 0, 0])
})

t.test('a session that moves on before the first transport has delivered still waits for it', async (t) => {
  const { session, socket, transport } = openSession({}, new FakeTransport(false))
  transport.delivering = true
  const [second, third] = [new FakeTransport(false), new FakeTransport()]
  session.attach(second)
  session.attach(third)
  socket.send(message('two'))
  t.strictSame(third.take(), [])
  transport.delivering = false
  session.onReturned(['3:::one'])
  session.onWritable()
  t.strictSame([transport.take(), second.take(), third.take()], [[], [], [['3:::one', '3:::two']]])
})

t.test('an application finds the documented members on it, and no others', async (t) => {
  const { socket } = newSession()
  const ofEmitter = new EventEmitter()
  const names = new Set([...Object.keys(socket), ...Object.getOwnPropertyNames(Object.getPrototypeOf(socket))])
  for (const name of ['constructor', ...Object.keys(ofEmitter)]) names.delete(name)
  t.strictSame([...names].sort(), ['bufferedAmount', 'close', 'context', 'dialect', 'id', 'openedAt', 'protocol', 'readyState', 'remoteAddress', 'request', 'send', 'traffic', 'transport', 'write'])
})
