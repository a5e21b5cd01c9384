import t from 'tap'
import type { Refused } from '../../../../types/cluster.js'
import { answerTo, crossed, fakePoll, FakeSessions, fakeStream, linkPair } from './pair.js'
import type { Calls } from './pair.js'
import { request } from './samples.js'

const { sid } = request
const NO: Refused = { reason: 'unknown session', detail: 'no such session', context: { sid } }
const KIB_64 = 64 * 1024

function setUp () {
  const sessions = new FakeSessions()
  const calls: Calls = []
  return { sessions, calls, ...linkOf(sessions) }
}

function linkOf (sessions: FakeSessions) {
  const pair = linkPair(sessions)
  return { pair, edge: pair.edge }
}

t.test('a check and a POST are answered', async (t) => {
  const { edge, sessions, calls, pair } = setUp()
  edge.check(request, answerTo(calls))
  edge.post(request, '4hi', answerTo(calls))
  edge.post(request, Buffer.from([1]), answerTo(calls))
  await crossed()
  t.strictSame(sessions.calls, [`check(${sid})`, `post(${sid}, 4hi)`, `post(${sid}, <01>)`])
  sessions.answers[0]?.(NO)
  sessions.answers[1]?.()
  sessions.answers[2]?.(NO)
  sessions.answers[2]?.()
  await crossed()
  t.strictSame(calls, ['refuse(unknown session: no such session)', 'accepted', 'refuse(unknown session: no such session)'])
  t.strictSame([edge.size, pair.owner.size, pair.held], [0, 0, 0])
  t.strictSame(pair.up.sizes.length, 1, 'records of one turn are one message')
})

t.test('a POST whose client has given up is abandoned, and not answered', async (t) => {
  const { edge, sessions, calls } = setUp()
  const post = edge.post(request, '4hi', answerTo(calls))
  await crossed()
  post?.abandon()
  post?.abandon()
  await crossed()
  sessions.answers[0]?.()
  await crossed()
  t.strictSame(sessions.calls, [`post(${sid}, 4hi)`, 'abandon()'])
  t.strictSame(calls, [])
})

t.test('an end crosses', async (t) => {
  const { edge, sessions } = setUp()
  edge.end(request)
  await crossed()
  t.strictSame(sessions.calls, [`end(${sid})`])
})

t.test('polls', async (t) => {
  await t.test('are answered, and settled once', async (t) => {
    const { edge, sessions, calls, pair } = setUp()
    const owner = edge.poll(request, fakePoll(calls))
    await crossed()
    t.equal(sessions.polls[0]?.send('4é', true), 3, 'returns the size of the answer')
    await crossed()
    t.strictSame(calls, ['send(4é, true)'])
    owner.settled(true)
    owner.settled(false)
    await crossed()
    t.strictSame(sessions.calls, [`poll(${sid})`, 'settled(true)'])
    t.strictSame([edge.size, pair.owner.size, pair.held], [0, 0, 0])
  })

  await t.test('the size of a script is estimated', async (t) => {
    const { edge, sessions } = setUp()
    edge.poll({ ...request, isScript: true }, fakePoll([]))
    await crossed()
    t.equal(sessions.polls[0]?.send('"\n'), 2 + 1 + 5)
  })

  await t.test('are released', async (t) => {
    const { edge, sessions } = setUp()
    const owner = edge.poll(request, fakePoll([]))
    owner.release()
    await crossed()
    t.strictSame(sessions.calls, [`poll(${sid})`, 'release()'])
  })

  await t.test('are refused', async (t) => {
    const { edge, sessions, calls, pair } = setUp()
    const owner = edge.poll(request, fakePoll(calls))
    await crossed()
    sessions.polls[0]?.refuse(NO)
    await crossed()
    owner.settled(true)
    await crossed()
    t.strictSame(calls, ['refuse(unknown session: no such session)'])
    t.strictSame([sessions.calls, edge.size, pair.owner.size], [[`poll(${sid})`], 0, 0])
  })

  await t.test('an answer that is over is not destroyed: its end crosses the order to destroy it', async (t) => {
    const { edge, sessions, calls } = setUp()
    const owner = edge.poll(request, fakePoll(calls))
    await crossed()
    sessions.polls[0]?.send('6')
    await crossed()
    owner.settled(true)
    sessions.polls[0]?.destroy()
    await crossed()
    t.strictSame([calls, sessions.calls], [['send(6, false)'], [`poll(${sid})`, 'settled(true)']])
  })

  await t.test('an answer under way is destroyed, and its end is reported', async (t) => {
    const { edge, sessions, calls } = setUp()
    const owner = edge.poll(request, fakePoll(calls))
    await crossed()
    sessions.polls[0]?.send('6')
    sessions.polls[0]?.destroy()
    await crossed()
    owner.settled(false)
    await crossed()
    t.strictSame([calls, sessions.calls], [['send(6, false)', 'destroy()'], [`poll(${sid})`, 'settled(false)']])
  })

  await t.test('an answer for a client that has gone is ignored', async (t) => {
    const { edge, sessions, calls } = setUp()
    const owner = edge.poll(request, fakePoll(calls))
    await crossed()
    owner.settled(false)
    sessions.polls[0]?.send('6')
    await crossed()
    t.strictSame([calls, sessions.calls], [[], [`poll(${sid})`, 'settled(false)']])
  })
})

t.test('streams', async (t) => {
  await t.test('carry frames both ways, and close', async (t) => {
    const { edge, sessions, calls, pair } = setUp()
    const owner = edge.open(request, fakeStream(calls))
    owner.frame('4hi')
    owner.frame(Buffer.from([4]))
    await crossed()
    const [stream] = sessions.streams
    stream?.delivered(3)
    stream?.delivered(1)
    stream?.send(['2', Buffer.from([1])])
    stream?.close('1', 'server closing')
    await crossed()
    owner.sent(2)
    owner.closed('connection closed', 'a cause')
    owner.closed('client left')
    owner.frame('late')
    await crossed()
    t.strictSame(sessions.calls, [`open(${sid})`, 'frame(4hi)', 'frame(<04>)', 'sent(2)', 'closed(connection closed, a cause)'])
    t.strictSame(calls, ['send(2, <01>)', 'close(1, server closing)'], 'few delivered bytes are not worth a record')
    t.strictSame([edge.size, pair.owner.size, pair.held, pair.errors], [0, 0, 0, []])
  })

  await t.test('are refused, and destroyed', async (t) => {
    const { edge, sessions, calls } = setUp()
    edge.open(request, fakeStream(calls))
    edge.open(request, fakeStream(calls))
    await crossed()
    sessions.streams[0]?.refuse(NO)
    sessions.streams[1]?.destroy()
    await crossed()
    t.strictSame(calls, ['refuse(unknown session: no such session)', 'destroy()'])
  })

  await t.test('frames beyond the window wait at the edge, and are delivered before the end', async (t) => {
    const { edge, sessions, pair } = setUp()
    const owner = edge.open(request, fakeStream([]))
    const frame = 'x'.repeat(KIB_64)
    for (const last of ['a', 'b', 'c', 'd']) owner.frame(frame + last)
    owner.closed('client left')
    await crossed()
    t.equal(sessions.calls.length, 2, 'one frame is under way')
    for (let i = 0; i < 4; i++) {
      sessions.streams[0]?.delivered(KIB_64 + 1)
      await crossed()
    }
    t.strictSame(sessions.calls.map((call) => call.slice(-2)), [`${sid.slice(-1)})`, 'a)', 'b)', 'c)', 'd)', 't)'])
    t.strictSame(pair.errors, [])
  })

  await t.test('an edge that sends beyond the window breaks the protocol', async (t) => {
    const { pair } = setUp()
    const { owner } = pair
    owner.receive({ type: 'open', stream: 1, request })
    owner.receive({ type: 'frame', stream: 1, frame: 'x'.repeat(KIB_64) })
    owner.receive({ type: 'frame', stream: 1, frame: 'one more' })
    t.throws(() => owner.receive({ type: 'frame', stream: 1, frame: '' }), { name: 'ProtocolError', message: /beyond the window/ })
  })

  await t.test('an owner that sends beyond the window breaks the protocol', async (t) => {
    const { edge } = setUp()
    edge.open(request, fakeStream([]))
    edge.receive({ type: 'frames', stream: 1, frames: ['x'.repeat(KIB_64)] })
    edge.receive({ type: 'frames', stream: 1, frames: ['one', 'more'] })
    t.throws(() => edge.receive({ type: 'frames', stream: 1, frames: [] }), { name: 'ProtocolError', message: /beyond the window/ })
  })
})

t.test('when the link ends', async (t) => {
  await t.test('the edge refuses what waits, once; the owner ends its halves, once', async (t) => {
    const { edge, sessions, calls, pair } = setUp()
    edge.check(request, answerTo(calls))
    edge.post(request, '4hi', answerTo(calls))
    edge.poll(request, fakePoll(calls))
    edge.open(request, fakeStream(calls))
    await crossed()
    sessions.calls.length = 0
    pair.cut()
    pair.cut()
    t.strictSame(calls, Array(4).fill('refuse(node lost: cut)'))
    t.strictSame(sessions.calls, ['abandon()', 'settled(false)', 'closed(connection closed)'])
    sessions.polls[0]?.send('6')
    sessions.streams[0]?.send(['6'])
    for (const answer of sessions.answers) answer()
    await crossed()
    t.strictSame([calls.length, edge.size, pair.owner.size, pair.held], [4, 0, 0, 0])
  })

  await t.test('answers and closed streams stay as they are', async (t) => {
    const { edge, sessions, calls, pair } = setUp()
    const poll = edge.poll(request, fakePoll(calls))
    const stream = edge.open(request, fakeStream(calls))
    await crossed()
    sessions.polls[0]?.send('6', true)
    sessions.streams[0]?.close('1')
    await crossed()
    pair.cut()
    poll.settled(true)
    stream.closed('connection closed')
    await crossed()
    t.strictSame(calls, ['send(6, true)', 'close(1)'])
    t.strictSame(sessions.calls.slice(2), ['settled(false)', 'closed(connection closed)'])
  })

  await t.test('everything is refused from then on', async (t) => {
    const { edge, calls, pair } = setUp()
    pair.cut()
    edge.check(request, answerTo(calls))
    edge.post(request, '4hi', answerTo(calls))
    edge.poll(request, fakePoll(calls)).settled(true)
    edge.open(request, fakeStream(calls)).closed('connection closed')
    edge.end(request)
    t.strictSame(calls, Array(4).fill('refuse(node unreachable: the link is down: cut)'))
    t.notOk(edge.isUp)
  })
})

t.test('when too many bytes wait', async (t) => {
  const { edge, sessions, calls, pair } = setUp()
  pair.up.hold()
  pair.room = 1000
  edge.post(request, 'x'.repeat(900), answerTo(calls))
  edge.post(request, 'x'.repeat(900), answerTo(calls))
  edge.poll(request, fakePoll(calls))
  await crossed()
  t.match(calls, [/^refuse\(node unreachable: .*maxTotalQueueBytes/], 'what does not fit is refused, what fits waits')
  t.ok(pair.held > 900 && pair.held <= 1000)
  pair.up.release()
  await crossed()
  t.strictSame([sessions.calls.length, pair.held], [2, 0])
})

t.test('a long answer does not hold up those of others, and streams take turns', async (t) => {
  const { edge, sessions, calls, pair } = setUp()
  for (let i = 0; i < 3; i++) edge.poll(request, fakePoll(calls))
  await crossed()
  pair.down.hold()
  const long = 'x'.repeat(20 * KIB_64)
  sessions.polls[0]?.send(long)
  sessions.polls[1]?.send(long)
  await crossed()
  sessions.polls[0]?.destroy()
  sessions.polls[2]?.send('6')
  pair.down.release()
  await crossed()
  t.equal(calls[0], 'send(6, false)')
  while (pair.held > 0) await crossed()
  await crossed()
  t.strictSame(calls.map((call) => call.slice(-8)), [', false)', ', false)', 'estroy()', ', false)'], 'a record waits for the long one of its stream')
  t.ok(pair.down.sizes.every((size) => size <= KIB_64 + 9))
})

t.test('records that do not fit their stream break the protocol', async (t) => {
  const { edge, pair, sessions } = setUp()
  edge.check(request, () => {})
  edge.poll(request, fakePoll([]))
  edge.open(request, fakeStream([]))
  await crossed()
  const { owner } = pair
  t.throws(() => edge.receive({ type: 'answer', stream: 1, isLast: true, payload: '' }), { name: 'ProtocolError' })
  t.throws(() => edge.receive({ type: 'accepted', stream: 2 }), { name: 'ProtocolError' })
  t.throws(() => edge.receive({ type: 'accepted', stream: 3 }), { name: 'ProtocolError' })
  t.throws(() => edge.receive({ type: 'challenge', version: 1, nonce: Buffer.alloc(32), tag: '', address: '', proofs: [] }), { name: 'ProtocolError' })
  edge.receive({ type: 'answer', stream: 2, isLast: false, payload: '' })
  t.throws(() => edge.receive({ type: 'answer', stream: 2, isLast: false, payload: '' }), { name: 'ProtocolError' })
  t.throws(() => edge.receive({ type: 'refused', stream: 2, refused: NO }), { name: 'ProtocolError' })
  t.throws(() => owner.receive({ type: 'poll', stream: 2, request }), { name: 'ProtocolError' })
  t.throws(() => owner.receive({ type: 'abandon', stream: 1 }), { name: 'ProtocolError' })
  t.throws(() => owner.receive({ type: 'frame', stream: 2, frame: '' }), { name: 'ProtocolError' })
  t.throws(() => owner.receive({ type: 'settled', stream: 3, isWhole: true }), { name: 'ProtocolError' })
  t.throws(() => owner.receive({ type: 'proof', proof: Buffer.alloc(32) }), { name: 'ProtocolError' })
  owner.receive({ type: 'frame', stream: 99, frame: 'of a stream that is over' })
  t.equal(sessions.calls.length, 3)
})

t.test('the edge knows the state of the owner', async (t) => {
  const { edge } = setUp()
  t.match(edge, { state: 'serving', sessions: 0, rtt: 1, isUp: true, tag: 'tag-of-a', address: { host: 'a', port: 1 } })
  edge.receive({ type: 'state', state: 'draining', sessions: 7 })
  t.match(edge, { state: 'draining', sessions: 7 })
})
