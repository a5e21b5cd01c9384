// Draining: a server that is taken out of service sends its clients to the next one, a few at a time, and loses nothing on the way.
import t from 'tap'
import { pluginApp, portOf, serverApp } from '../kit/servers/app.js'
import { ALL, isPolling, isWebSocket } from '../kit/revision-1/client.js'
import { connectPolling, handshake, poll, post } from '../kit/revision-1/inject.js'
import { connectEngine, refusedBy, urlOf } from '../kit/engine-io/inject.js'
import { park, serve } from '../kit/revision-1/server.js'
import { byScript } from '../kit/script.js'
import type { RefusalReason } from '../../types/reasons.js'
import { clock } from '../kit/clock.js'
import { until } from '../kit/waiting.js'
import { requestUpgrade } from '../kit/request.js'
import { serveEngine } from '../kit/engine-io/server.js'
import { DIALECTS } from '../kit/engine-io/payload.js'

const WINDOW = 10_000
/** How long POSTs that are on their way are waited for, once a client has been told to go, and a tick of the clock more; ms. */
const FAREWELL = 1100
/** The part of the window in which sessions are asked to end. */
const SPREAD = 0.8 * WINDOW

t.test('handshakes are refused while a server drains, in each dialect, and told when to come again', async (t) => {
  const app = await pluginApp(t)
  const refused: RefusalReason[] = []
  app.socketio.on('connection_error', ({ reason }) => refused.push(reason))
  await connectPolling(app)
  t.equal(app.socketio.draining, false)
  const drained = app.socketio.drain(WINDOW)
  t.equal(app.socketio.draining, true)

  const answer = await app.inject('/socket.io/1/')
  t.strictSame([answer.statusCode, answer.body], [503, 'handshake overloaded'])
  t.match(answer.headers, { 'retry-after': '30', connection: 'close' })
  t.equal((await app.inject(byScript('/socket.io/1/?jsonp=3'))).body, 'io.j[3](new Error("handshake overloaded"));')
  for (const { eio } of DIALECTS) {
    t.strictSame(await refusedBy(app, urlOf(eio, 'polling')), { status: 503, code: 4, message: 'Forbidden' })
    const { status, headers } = await requestUpgrade(app, urlOf(eio, 'websocket'))
    t.match([status, headers], [503, { 'retry-after': '30', connection: 'close' }])
  }
  t.strictSame(refused, Array(6).fill('server draining'))
  t.match(app.socketio.metrics.refused, { 'server draining': 6 })
  app.socketio.close()
  await drained
})

t.test('sessions end spread over the window, oldest first, and the last at its end', async (t) => {
  const tick = clock(t)
  const app = await pluginApp(t)
  for (let i = 0; i < 8; i++) {
    const sid = await connectPolling(app)
    if (i < 4) app.inject(`/socket.io/1/xhr-polling/${sid}`).catch(() => {}) // held open; the others are between two polls
  }
  await until(() => [...app.socketio.sessions.values()].filter(({ transport }) => transport.writable).length === 4)
  const drained = app.socketio.drain(WINDOW)
  const left: number[] = []
  for (let i = 0; i < 10; i++) {
    left.push([...app.socketio.sessions.values()].filter(({ readyState }) => readyState === 'open').length)
    tick(SPREAD / 8)
  }
  t.strictSame(left, [8, 7, 6, 5, 4, 4, 4, 4, 4, 4], 'who is between two polls is waited for')
  tick(WINDOW)
  await drained
  t.equal(app.socketio.sessions.size, 0)
  t.match(app.socketio.metrics, { opened: 8, ended: { 'server draining': 8 } })
  t.equal(tick.running(), 0, 'no time runs on')
})

t.test('whoever is between two polls gets what is queued, then the end, and nothing is lost on the way', async (t) => {
  const tick = clock(t)
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  const heard: unknown[] = []
  socket?.on('packet', (packet) => heard.push(packet))
  socket?.send({ type: 'message', data: 'queued' })
  const drained = app.socketio.drain(WINDOW)
  tick(WINDOW / 2)
  t.equal((await post(app, sid, '3:::still heard')).body, '1')
  t.match(heard, [{ type: 'message', data: 'still heard' }])
  socket?.send({ type: 'message', data: 'late' })
  t.equal((await poll(app, sid)).body, '\ufffd10\ufffd3:::queued\ufffd8\ufffd3:::late')
  const last = await poll(app, sid)
  t.equal(last.body, '8::', 'never a goodbye, after which the client would stay away')
  t.equal(last.headers.connection, 'close', 'the next request may go to another server')
  t.equal((await poll(app, sid)).body, '7:::1+0', 'a client that comes back here is told to handshake anew')
  t.equal((await post(app, sid, '3:::on its way')).body, '1')
  t.match(heard.at(-1), { type: 'message', data: 'on its way' })
  tick(FAREWELL)
  await drained
  t.equal((await poll(app, sid)).body, '7:::1+0', 'later, too')
  const late = await post(app, sid, '3:::late')
  t.strictSame([late.statusCode, late.body], [503, 'handshake overloaded'], 'what is not heard is not acknowledged')
})

for (const dialect of DIALECTS) {
  t.test(`engine ${dialect.eio}: whoever is between two polls gets what is queued, then a goodbye of its own`, async (t) => {
    const tick = clock(t)
    const app = await pluginApp(t)
    const heard: unknown[] = []
    app.socketio.on('connection', (socket) => {
      socket.on('data', (data) => {
        heard.push(data)
        socket.write(data)
      })
    })
    const session = await connectEngine(app, dialect)
    session.socket.write('queued')
    const drained = app.socketio.drain(WINDOW)
    tick(WINDOW / 2)
    t.equal((await session.send('4echo')).body, 'ok')
    t.strictSame(await session.poll(), ['4queued', '4echo'])
    t.strictSame(await session.poll(), ['1'])
    t.equal((await session.send('4on its way')).body, 'ok')
    t.strictSame(heard, ['echo', 'on its way'])
    tick(FAREWELL)
    await drained
    t.equal((await session.send('4late')).statusCode, 400)
    t.equal(heard.length, 2)
    t.match(app.socketio.metrics.ended, { 'server draining': 1 })
  })

  t.test(`engine ${dialect.eio}: a WebSocket is closed with 1001 when it has taken what is queued`, async (t) => {
    const { app, connect } = await serveEngine(t)
    const { client, socket, closed } = await connect(dialect.eio, 'websocket')
    client.wire?.socket.pause()
    for (let i = 0; i < 100; i++) socket.write(String(i).padEnd(100_000))
    t.ok(socket.bufferedAmount > 1_000_000)
    const drained = app.socketio.drain(WINDOW)
    const code = client.wire?.closed
    client.wire?.socket.resume()
    for (let i = 0; i < 100; i++) if (String(await client.next()).trim() !== `4${i}`) t.fail(`${i} is missing`)
    t.equal(await code, 1001)
    await drained
    t.strictSame(closed, { count: 1, reason: 'forced close', end: 'server draining', cause: undefined })
  })
}

t.test('revision 1 hears an end on every transport that makes its client come back, and no goodbye', async (t) => {
  const server = await serve(t)
  for (const name of ALL) {
    const session = await server.connect(name)
    await park(session)
  }
  const held = [...server.app.socketio.sessions.values()]
  const clients = server.clients()
  await server.app.socketio.drain(50)
  t.ok(held.every(({ readyState }) => readyState === 'closed'))
  for (const { name, held } of clients) {
    const ending = await held?.ended
    const packets: string[] = []
    for (let packet = await held?.next(); packet !== undefined; packet = await held?.next()) packets.push(packet)
    t.strictSame(packets, isPolling(name) ? ['8::'] : name === 'htmlfile' ? ['7:::1+0'] : [], name)
    t.strictSame(ending, isWebSocket(name) ? { whole: true, code: 1001 } : { whole: true }, name)
  }
})

t.test('app.close() drains first, while requests are still answered', async (t) => {
  const app = await pluginApp(t, { drainTimeout: WINDOW, farewellTimeout: 20 })
  app.get('/other', async () => 'answered')
  await portOf(app)
  const sid = await connectPolling(app)
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'queued' })
  const closed = app.close()
  await until(() => app.socketio.draining)
  t.equal((await app.inject('/other')).body, 'answered')
  t.equal((await app.inject('/socket.io/1/')).statusCode, 503)
  t.equal((await poll(app, sid)).body, '3:::queued')
  t.equal((await poll(app, sid)).body, '8::')
  await closed
  t.match(app.socketio.metrics.ended, { 'server draining': 1 })
})

t.test('a server without sessions has nothing to drain', async (t) => {
  const app = await pluginApp(t, { drainTimeout: 2 ** 31 - 1 })
  await app.ready()
  await app.close()
  t.equal(app.socketio.draining, true)
})

t.test('draining again waits for the same end, and a close cuts it short', async (t) => {
  const app = await pluginApp(t)
  await connectPolling(app)
  const twice = [app.socketio.drain(WINDOW), app.socketio.drain(1)]
  t.equal(app.socketio.sessions.size, 1)
  app.socketio.close()
  await Promise.all(twice)
  t.match(app.socketio.metrics.ended, { 'server closing': 1 })
})

t.test('a time that is none is refused', async (t) => {
  const app = await pluginApp(t)
  for (const ms of [-1, NaN, Infinity, '5']) {
    await t.rejects(app.socketio.drain(ms as number), { code: 'FST_SIO_BAD_OPTION', message: /drain/ })
  }
  t.equal(app.socketio.draining, false)
})

t.test('a session whose handshake began before and ended after draining began is not opened', async (t) => {
  let letIn: (() => void) | undefined
  const app = await pluginApp(t, { authorize: () => new Promise<true>((resolve) => { letIn = () => resolve(true) }) })
  const answer = app.inject('/socket.io/1/')
  await until(() => letIn !== undefined)
  await app.socketio.drain(WINDOW)
  letIn?.()
  t.equal((await answer).statusCode, 503)
  t.equal(app.socketio.sessions.size, 0)
})

t.test('the official Server hears why, and its sockets may speak until the end', async (t) => {
  const tick = clock(t)
  const app = await serverApp(t)
  const ends: unknown[] = []
  app.io.on('connection', (socket) => {
    socket.on('ping', (ack) => ack('pong'))
    socket.on('disconnect', (reason, details) => ends.push([reason, details]))
  })
  const sid = await connectPolling(app)
  const drained = app.socketio.drain(WINDOW)
  tick(WINDOW / 2)
  await post(app, sid, '5:1+::{"name":"ping"}')
  t.equal((await poll(app, sid)).body, '6:::1+["pong"]')
  t.equal((await poll(app, sid)).body, '8::')
  tick(FAREWELL)
  await drained
  t.match(ends, [['forced close', { reason: 'server draining' }]])
})

t.test('a session that has not made its first request when its turn comes is told to handshake anew', async (t) => {
  const app = await pluginApp(t)
  await portOf(app)
  const sid = await handshake(app)
  await app.socketio.drain(50)
  t.equal((await poll(app, sid)).body, '7:::1+0')
})
