import t from 'tap'
import type { Frame } from '../../../src/codec/packet.js'
import { NOOP, revision1 } from '../../../src/codec/revision-1.js'
import socketioTransports from '../../../src/index.js'
import { TimerWheel } from '../../../src/time/timer-wheel.js'
import { PollingTransport } from '../../../src/transports/polling.js'
import type { Poll } from '../../../src/session/transport.js'
import { fromPayload } from '../../kit/revision-1/payload.js'
import { serve } from '../../kit/revision-1/server.js'
import type { Session } from '../../kit/revision-1/server.js'
import type { Teardown } from '../../kit/teardown.js'
import { clock } from '../../kit/clock.js'
import { turn, until } from '../../kit/waiting.js'
import { dial } from '../../kit/raw/connection.js'
import { head } from '../../kit/raw/http.js'
import { beganGet, unreadGet } from '../../kit/raw/unread.js'
import { sidOf } from '../../kit/revision-1/inject.js'
import { newApp, portOf } from '../../kit/servers/app.js'
import { serveHttp2 } from '../../kit/servers/http2.js'
import { text } from 'node:stream/consumers'
import type { Socket as TcpSocket } from 'node:net'

class FakePoll implements Poll {
  readonly answers: string[] = []
  broken = 0
  send (payload: string): number {
    this.answers.push(payload)
    return payload.length
  }

  destroy (): void { this.broken++ }
}

/** A transport, and what its listener was told. */
function polling (t: Teardown) {
  const tick = clock(t)
  const calls: string[] = []
  const returned: Frame[][] = []
  const listener = {
    onFrame: () => { calls.push('frame') },
    onOpen: () => { calls.push('open') },
    onIdle: () => { calls.push('idle') },
    onWritable: () => { calls.push('writable') },
    onReturned: (frames: Frame[]) => {
      calls.push('returned')
      returned.push(frames)
    },
    onClose: () => { calls.push('close') }
  }
  const wheel = new TimerWheel(10)
  const transport = new PollingTransport({ name: 'xhr-polling', listener, codec: revision1, wheel, pollingDuration: 20_000, noop: NOOP, breaksSession: false, answers: undefined })
  return { transport, calls, returned, tick }
}

t.test('a poll waits until there is something to say, and is answered once', async (t) => {
  const { transport, calls } = polling(t)
  const poll = new FakePoll()
  t.strictSame([transport.open, transport.writable], [false, false])
  transport.accept(poll)
  t.strictSame([transport.open, transport.writable], [true, true])
  transport.send(['3:::a'])
  t.strictSame(poll.answers, ['3:::a'])
  t.strictSame([transport.open, transport.writable, transport.bufferedAmount], [false, false, 5])
  transport.responseEnded(poll, true)
  transport.responseEnded(poll, false)
  t.equal(transport.bufferedAmount, 0)
  t.strictSame(calls, ['open', 'writable', 'idle', 'writable'])
})

t.test('a batch whose response broke goes back whole and in order', async (t) => {
  const { transport, returned } = polling(t)
  const poll = new FakePoll()
  transport.accept(poll)
  transport.send(['3:::a', '3:::b', '3:::c'])
  transport.responseEnded(poll, false)
  t.strictSame(returned, [['3:::a', '3:::b', '3:::c']])
  transport.responseEnded(poll, false)
  t.equal(returned.length, 1)
})

t.test('a poll that breaks while it waits leaves nothing to answer', async (t) => {
  const { transport, calls, tick } = polling(t)
  const poll = new FakePoll()
  transport.accept(poll)
  transport.responseEnded(poll, false)
  t.strictSame([transport.open, transport.writable], [false, false])
  transport.send(['3:::a'])
  tick(60_000)
  t.strictSame(poll.answers, [])
  t.strictSame(calls, ['open', 'writable', 'idle'])
})

t.test('an empty poll is answered with a noop when its time is over, not before', async (t) => {
  const { transport, calls, tick } = polling(t)
  const first = new FakePoll()
  transport.accept(first)
  tick(19_990)
  t.strictSame(first.answers, [])
  tick(30)
  t.strictSame(first.answers, ['8::'])
  t.strictSame(calls, ['open', 'writable', 'idle'])
  transport.responseEnded(first, true)
  const second = new FakePoll()
  transport.accept(second)
  tick(19_990)
  t.strictSame(second.answers, [], 'the time counts from each poll anew')
  transport.send(['3:::a'])
  transport.responseEnded(second, true)
  tick(60_000)
  t.strictSame(second.answers, ['3:::a'])
})

t.test('a poll that is replaced gets a noop, the new one what there is to say', async (t) => {
  const { transport, tick } = polling(t)
  const [first, second] = [new FakePoll(), new FakePoll()]
  transport.accept(first)
  tick(15_000)
  transport.accept(second)
  t.strictSame(first.answers, ['8::'])
  transport.responseEnded(first, true)
  t.ok(transport.writable)
  tick(15_000)
  t.strictSame(second.answers, [], 'its own time runs')
  transport.send(['3:::a'])
  t.strictSame([first.answers, second.answers], [['8::'], ['3:::a']])
})

t.test('a new poll while an answer is unsettled waits for the news of it', async (t) => {
  const { transport, returned, calls } = polling(t)
  const [first, second] = [new FakePoll(), new FakePoll()]
  transport.accept(first)
  transport.send(['3:::a'])
  transport.accept(second)
  t.strictSame([transport.open, transport.writable], [true, false])
  transport.responseEnded(first, true)
  t.ok(transport.writable)
  await turn()
  t.equal(first.broken, 0, 'it has been read whole')
  t.strictSame(returned, [])
  t.strictSame(calls, ['open', 'writable', 'idle', 'open', 'writable'])
})

t.test('a new poll breaks an answer that is still under way, whose packets then come first', async (t) => {
  const { transport, returned } = polling(t)
  const [first, second] = [new FakePoll(), new FakePoll()]
  transport.accept(first)
  transport.send(['3:::a', '3:::b'])
  transport.accept(second)
  t.equal(first.broken, 0)
  await turn()
  t.strictSame([first.broken, second.broken], [1, 0])
  transport.responseEnded(first, false)
  t.strictSame(returned, [['3:::a', '3:::b']])
  t.ok(transport.writable)
})

t.test('closing answers what waits, and what comes later, and is not heard of again', async (t) => {
  const { transport, calls } = polling(t)
  const [first, second] = [new FakePoll(), new FakePoll()]
  transport.accept(first)
  transport.close('0::')
  transport.close('0::')
  transport.accept(second)
  t.strictSame([first.answers, second.answers], [['0::'], ['8::']])
  t.strictSame(calls, ['open', 'writable'])
})

t.test('closing gives the last answer a second to be read', async (t) => {
  const { transport, tick } = polling(t)
  const [first, second] = [new FakePoll(), new FakePoll()]
  transport.accept(first)
  transport.send(['3:::a'])
  transport.accept(second)
  transport.close()
  t.strictSame(second.answers, ['8::'])
  tick(1000)
  t.equal(first.broken, 0)
  tick(50)
  t.equal(first.broken, 1)
})

t.test('a last answer that was read in time is not broken', async (t) => {
  const { transport, tick } = polling(t)
  const poll = new FakePoll()
  transport.accept(poll)
  transport.send(['3:::a'])
  transport.close()
  transport.responseEnded(poll, true)
  tick(5000)
  t.strictSame([poll.answers, poll.broken], [['3:::a'], 0])
})

// ---- over real sockets

const DATA = 'x'.repeat(12_000_000)
const COUNT = 1 // more than the system's buffers take for a peer that does not read

/** A GET whose answer is not read, on a connection of its own. */
async function deafPoll (t: Teardown, session: Session): Promise<TcpSocket> {
  const tcp = unreadGet(t, session.client.url).pause()
  await until(() => session.socket.transport.writable)
  return tcp
}

/** A session with an answer of 12 MB under way to a peer that does not read; the next packets queue. */
async function underWay (t: Teardown): Promise<Session & { tcp: TcpSocket }> {
  const server = await serve(t, { maxQueueBytes: 100_000_000 })
  const session = await server.connect('xhr-polling')
  for (let i = 0; i < COUNT; i++) session.socket.send({ type: 'message', data: `${i} ${DATA}` })
  const tcp = await beganGet(t, session.client.url)
  session.socket.send({ type: 'message', data: 'behind' })
  return { ...session, tcp }
}

const expected = [...Array.from({ length: COUNT }, (_, i) => `3:::${i} `), '3:::behind']
const heads = (payload: string): string[] => fromPayload(payload).map((packet) => packet.replace(DATA, ''))

t.test('a client that breaks off a long answer and polls again loses nothing, doubles nothing, and keeps the order', async (t) => {
  const { tcp, client, socket } = await underWay(t)
  t.ok(socket.bufferedAmount > COUNT * DATA.length, 'the answer is not handed over yet')
  tcp.destroy()
  t.strictSame([...heads((await client.request('GET')).body), (await client.request('GET')).body], expected)
  socket.send({ type: 'message', data: 'last' })
  t.equal((await client.request('GET')).body, '3:::last')
})

t.test('a client that polls again beside a long answer gets all of it there, and only there', async (t) => {
  const { tcp, client, socket } = await underWay(t)
  const broken = new Promise((resolve) => tcp.once('close', resolve))
  let first = ''
  const { body } = await client.request('GET')
  tcp.setEncoding('utf8').on('data', (chunk: string) => { first += chunk })
  await broken
  t.strictSame([...heads(body), (await client.request('GET')).body], expected)
  t.ok(first.length < COUNT * DATA.length, 'the first answer has come to no end')
  socket.send({ type: 'message', data: 'last' })
  t.equal((await client.request('GET')).body, '3:::last')
})

t.test('a client that vanishes without a word while its poll waits loses nothing', async (t) => {
  const server = await serve(t)
  const session = await server.connect('xhr-polling')
  const tcp = await deafPoll(t, session)
  tcp.destroy()
  await until(() => !session.socket.transport.writable)
  session.socket.send({ type: 'message', data: 'kept' })
  t.equal((await session.client.request('GET')).body, '3:::kept')
})

t.test('an answer that is never read ends with the session', async (t) => {
  const server = await serve(t, { maxQueueBytes: 1_000_000 })
  const session = await server.connect('xhr-polling')
  const tcp = await deafPoll(t, session)
  const broken = new Promise((resolve) => tcp.once('close', resolve))
  session.socket.send({ type: 'message', data: 'y'.repeat(20_000_000) })
  for (let i = 0; i < 2; i++) session.socket.send({ type: 'message', data: DATA })
  t.strictSame(session.closed, { count: 1, reason: 'transport error' })
  tcp.resume()
  await broken
  t.notOk(server.app.socketio.sessions.has(session.client.sid))
})

t.test('over HTTP/2, what a poll was answered with is not said again', async (t) => {
  const { app, ask } = await serveHttp2(t)
  const get = (path: string): Promise<string> => text(ask(path))
  const sid = sidOf({ body: await get('/socket.io/1/') })
  t.equal(await get(`/socket.io/1/xhr-polling/${sid}`), '1::')
  for (const data of ['a', 'b', 'c']) {
    app.socketio.sessions.get(sid)?.send({ type: 'message', data })
    t.equal(await get(`/socket.io/1/xhr-polling/${sid}`), `3:::${data}`)
  }
})

/** An app whose hooks take as long as the test wants; a connected session, and a way to send a GET that is given up meanwhile. */
async function slowHooks (t: Teardown) {
  const app = newApp(t)
  const gate: { arrived?: () => void, opened: Promise<void> | undefined } = { opened: undefined }
  app.addHook('onRequest', async () => {
    gate.arrived?.()
    await gate.opened
  })
  await app.register(socketioTransports, { transports: ['xhr-polling', 'htmlfile'] })
  const port = await portOf(app)
  const get = async (path: string): Promise<string> => await (await fetch(`http://127.0.0.1:${port}/socket.io/1/${path}`)).text()
  const [sid = ''] = (await get('')).split(':')
  await get(`xhr-polling/${sid}`)
  const socket = app.socketio.sessions.get(sid)

  async function givenUp (name: string): Promise<void> {
    let open = (): void => {}
    gate.opened = new Promise((resolve) => { open = resolve })
    const arrived = new Promise<void>((resolve) => { gate.arrived = resolve })
    const gone = new Promise((resolve) => { app.server.once('connection', (peer: TcpSocket) => peer.once('close', resolve)) })
    const raw = dial(t, port)
    raw.write(head('GET', `/socket.io/1/${name}/${sid}`))
    await arrived
    raw.socket.destroy()
    await gone
    open()
    gate.opened = undefined
    await turn()
  }
  return { port, sid, socket, get, givenUp }
}

for (const name of ['xhr-polling', 'htmlfile']) {
  t.test(`a GET on ${name} that is given up while the app's hooks run swallows nothing`, async (t) => {
    const { sid, socket, get, givenUp } = await slowHooks(t)
    await givenUp(name)
    t.strictSame([socket?.transport.name, socket?.transport.writable], ['xhr-polling', false])
    for (const data of ['a', 'b']) socket?.send({ type: 'message', data })
    t.strictSame(fromPayload(await get(`xhr-polling/${sid}`)), ['3:::a', '3:::b'])
  })
}

t.test('a poll pipelined behind an answer that is under way is told to come again: its connection may die unnoticed', async (t) => {
  const server = await serve(t)
  const first = await server.connect('xhr-polling')
  const second = await server.connect('xhr-polling')
  const raw = dial(t, server.port)
  const get = ({ client }: Session): string => head('GET', `/socket.io/1/xhr-polling/${client.sid}`)
  raw.write(get(first) + get(second))
  await until(() => first.socket.transport.writable)
  await turn()
  raw.socket.destroy()
  await until(() => !first.socket.transport.writable)
  for (const { socket, client } of [first, second]) {
    socket.send({ type: 'message', data: 'kept' })
    t.equal((await client.request('GET')).body, '3:::kept')
  }
})
