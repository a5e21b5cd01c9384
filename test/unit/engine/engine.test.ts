import t from 'tap'
import { Engine } from '../../../src/engine/engine.js'
import { Clock } from '../../kit/clock.js'
import { SessionSlot } from '../../../src/engine/session-limiter.js'
import { FakeTransport, LIMITS, newDialect, newLog, newRequest } from '../../kit/fakes/revision-1-session.js'

let clock: Clock
t.beforeEach(() => { clock = new Clock() })
t.afterEach(() => clock.restore())

function newEngine (options: { generateId?: () => string | number | Promise<string | number>, maxSessions?: number } = {}) {
  const slot = new SessionSlot({ acquire () {}, release () {} })
  const engine = new Engine({ limits: LIMITS, shortestTime: 20_000, maxSessions: 10, maxSessionsPerAddress: false, maxTotalQueueBytes: 1e6, logSessionIds: 'short', log: newLog().log, ...options })
  return {
    engine,
    handshake: () => engine.handshake({ id: String(engine.generateId(newRequest())), slot, since: 0, request: newRequest(), remoteAddress: '192.0.2.1', context: undefined, dialect: newDialect })
  }
}

t.test('session ids are long, safe in a URL and never the same', async (t) => {
  const { engine } = newEngine()
  const ids = Array.from({ length: 1000 }, () => engine.generateId(newRequest()))
  for (const id of ids) if (!/^[\w-]{20}$/.test(String(id))) t.fail(String(id))
  t.equal(new Set(ids).size, ids.length)
})

t.test('a session is found under its id from its handshake to its end', async (t) => {
  const { engine, handshake } = newEngine()
  const session = handshake()
  const { socket } = session
  t.equal(engine.sessions.get(socket.id), socket)
  t.equal(engine.sessions.size, 1)
  engine.attach(session, new FakeTransport())
  t.equal(engine.sessions.get(socket.id), socket)
  socket.close()
  t.equal(engine.sessions.size, 0)
})

t.test('generateId gets the handshake\'s request and may be replaced', async (t) => {
  const { engine } = newEngine({ generateId: () => 'first' })
  const request = newRequest()
  const open = async (): Promise<string> => engine.handshake({ id: await engine.newId(request, 'revision 1'), slot: new SessionSlot({ acquire () {}, release () {} }), since: 0, request, remoteAddress: '', context: undefined, dialect: newDialect }).id
  t.equal(await open(), 'first')
  engine.generateId = (given) => {
    t.equal(given, request)
    return 'second'
  }
  t.equal(await open(), 'second')
})

const OLD = ['revision 1'] as const
const NEW = ['engine 3', 'engine 4'] as const

t.test('ids that clients of the dialect cannot use are refused, with the reason', async (t) => {
  const inPath = ['a:b', 'a/b', 'a?b', 'a#b', 'a%b', 'a b', 'a;b', 'ä', 'a"b', 'a<b', '.', '..', 'b/=+', 'a\u2003b']
  const nowhere = ['', 'a\n', 'a\0b', 'a\u007f', 'a\u2028', '\ud800', 'x'.repeat(101), undefined, null, NaN, Infinity, true, ['abc'], { toString: () => 'abc' }, 1n, Symbol('x'), () => 'a']
  for (const [dialects, ids] of [[OLD, inPath], [OLD, nowhere], [NEW, nowhere]] as const) {
    for (const dialect of dialects) {
      for (const id of ids) {
        for (const generateId of [() => id as string, async () => id as string]) {
          const { engine } = newEngine({ generateId })
          const refused = { code: 'FST_SIO_REFUSED', reason: 'id generation failed', context: { name: 'ID_GENERATION_ERROR', err: { code: 'FST_SIO_INVALID_ID', message: /^generateId returned a session id that cannot be used: [^]*; an id must have 1 to 100/ } } }
          await t.rejects(async () => await engine.newId(newRequest(), dialect), refused, String(id))
        }
      }
    }
  }
})

t.test('all other ids are used as they are, and numbers as their strings', async (t) => {
  const everywhere = ['abc', 'd-_9', 'custom.id~0', 'a+b=', 'ada@example.test', '...', '!$&()*,', 'x'.repeat(100), 0, 17, -1, 1.5, 1e21]
  const inQuery = ['custom:id:0', 'a/b+c==', 'a b', 'é', '漢', '😀'.repeat(100), '?&=#%', '.', '"\\', '</script>', '__proto__']
  for (const [dialects, ids] of [[OLD, everywhere], [NEW, everywhere], [NEW, inQuery]] as const) {
    for (const dialect of dialects) {
      for (const id of ids) {
        for (const generateId of [() => id, async () => id]) t.equal(await newEngine({ generateId }).engine.newId(newRequest(), dialect), String(id))
      }
    }
  }
})

t.test('an id in use is refused, and the session that has it stays', async (t) => {
  const { engine, handshake } = newEngine({ generateId: () => 'same' })
  const { socket } = handshake()
  const refused = { code: 'FST_SIO_REFUSED', reason: 'id generation failed', context: { err: { message: /"sa…"; an id must be unused/ } } }
  await t.rejects(async () => handshake(), refused)
  await t.rejects(async () => await engine.newId(newRequest(), 'engine 4'), refused)
  t.equal(engine.sessions.get('same'), socket)
  socket.close()
  t.not(handshake().socket, socket, 'it is free again then')
})

t.test('clientsCount counts sessions from their first transport to their end', async (t) => {
  const { engine, handshake } = newEngine()
  const [one, two, three] = [handshake(), handshake(), handshake()]
  t.equal(engine.clientsCount, 0)
  engine.attach(one, new FakeTransport())
  engine.attach(two, new FakeTransport())
  t.equal(engine.clientsCount, 2)
  engine.attach(one, new FakeTransport())
  t.equal(engine.clientsCount, 2, 'another transport is no other client')
  one.close()
  one.close()
  three.close()
  t.equal(engine.clientsCount, 1)
  two.close()
  t.equal(engine.clientsCount, 0)
})

t.test('\'connection\' is emitted once for a session, with its first transport', async (t) => {
  const { engine, handshake } = newEngine()
  const seen: unknown[] = []
  engine.on('connection', (socket) => seen.push([socket.id, socket.readyState, engine.clientsCount]))
  const socket = handshake()
  t.strictSame(seen, [])
  engine.attach(socket, new FakeTransport())
  engine.attach(socket, new FakeTransport())
  t.strictSame(seen, [[socket.id, 'open', 1]])
})

t.test('refused requests are told to \'connection_error\' listeners in engine.io\'s words', async (t) => {
  const { engine } = newEngine()
  const req = newRequest()
  const seen: unknown[] = []
  engine.on('connection_error', (error) => seen.push(error))
  engine.refused({ request: req, reason: 'origin refused', detail: 'another origin', context: { origin: 'http://evil' } })
  t.equal(seen.length, 1)
  t.match(seen[0], { code: 4, message: 'Forbidden', reason: 'origin refused', context: { origin: 'http://evil' } })
})

t.test('all sessions share one interval, and it ends with them', async (t) => {
  const { engine, handshake } = newEngine()
  const sockets = Array.from({ length: 5 }, handshake)
  for (const socket of sockets) engine.attach(socket, new FakeTransport())
  t.equal(clock.intervals, 1)
  engine.close()
  t.equal(clock.intervals, 0)
})

t.test('close ends every session, connected or not, and may be called again', async (t) => {
  const { engine, handshake } = newEngine()
  const transport = new FakeTransport()
  const [one, two] = [handshake(), handshake()]
  const closes: unknown[] = []
  engine.attach(one, transport)
  one.socket.on('close', (reason) => closes.push(reason))
  t.equal(engine.closing, false)
  t.equal(engine.close(), engine)
  t.equal(engine.closing, true)
  t.strictSame([one.readyState, two.readyState], ['closed', 'closed'])
  t.strictSame(closes, ['forced close'])
  t.strictSame(transport.ends, ['silently'], 'without the goodbye after which a client would not come back')
  t.equal(engine.sessions.size, 0)
  engine.close()
  t.strictSame(closes, ['forced close'])
})

t.test('a listener that fails does not keep the other sessions open', async (t) => {
  const { engine, handshake } = newEngine()
  const [one, two] = [handshake(), handshake()]
  for (const session of [one, two]) {
    engine.attach(session, new FakeTransport())
    session.socket.on('close', () => { throw new Error('of a listener') })
  }
  engine.close()
  t.equal(engine.clientsCount, 0)
  t.equal(two.readyState, 'closed')
})
