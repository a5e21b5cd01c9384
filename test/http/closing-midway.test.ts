// The end of an app whose clients are in the middle of something: what they have said by then is heard, and what has been said to them is read.
import t from 'tap'
import type { Test } from 'tap'
import { countRequests, newApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { EngineClient } from '../kit/engine-io/client.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { dial } from '../kit/raw/connection.js'
import type { RawConnection } from '../kit/raw/connection.js'
import { stopwatch } from '../kit/stopwatch.js'
import { until } from '../kit/waiting.js'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { parse } from '../kit/raw/http.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { DIALECTS, toBody } from '../kit/engine-io/payload.js'
import type { Eio } from '../kit/engine-io/payload.js'

/** What the application hears, on the official Server. */
async function hearing (t: Teardown, options: SocketioTransportsOptions = {}, app = newApp(t)) {
  await app.register(socketioTransports, { io: {}, ...options })
  const heard: unknown[] = []
  app.io.on('connection', (socket) => {
    socket.on('message', (word) => heard.push(word))
    socket.on('disconnect', (reason) => heard.push(reason))
  })
  return { app, heard }
}

type App = Awaited<ReturnType<typeof hearing>>['app']

/** A POST of a session that has connected, to be sent by hand. */
interface Post { url: string, body: string, acknowledgement: string }

const SESSIONS: Record<string, (app: App, words: readonly string[]) => Promise<Post>> = {
  'revision 1': async (app, words) => {
    const sid = await connectPolling(app)
    const packets = words.map((word) => `3:::${word}`)
    const framed = packets.map((packet) => `\ufffd${packet.length}\ufffd${packet}`).join('')
    return { url: `/socket.io/1/xhr-polling/${sid}`, body: framed, acknowledgement: '1' }
  },
  ...Object.fromEntries(DIALECTS.map((dialect) => [`engine ${dialect.eio}`, async (app: App, words: readonly string[]) => {
    const { send, poll, url } = await connectEngine(app, dialect)
    if (dialect.eio === 4) await send('40')
    await poll()
    return { url, body: toBody(words.map((word) => `42["message","${word}"]`), dialect.eio), acknowledgement: 'ok' }
  }]))
}

/** A client on a WebSocket that has joined the default namespace. */
async function onWebSocket (t: Test, app: App, eio: Eio): Promise<EngineClient> {
  const client = new EngineClient(await portOf(app), eio, 'websocket')
  t.teardown(() => client.close())
  await client.open()
  if (eio === 4) await client.send('40')
  await client.next()
  return client
}

const headOf = ({ url, body }: Post): string =>
  `POST ${url} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`

async function isAcknowledged (t: Test, client: RawConnection, { acknowledgement }: Post): Promise<void> {
  const { status, body } = parse(await client.answers(1))
  t.strictSame([status, body], [200, acknowledgement])
}

for (const [name, connect] of Object.entries(SESSIONS)) {
  t.test(`${name}: a POST whose body is under way when the app closes is heard and acknowledged`, async (t) => {
    const { app, heard } = await hearing(t)
    const port = await portOf(app)
    const post = await connect(app, ['half', 'whole'])
    const heads = countRequests(app)
    const client = dial(t, port)
    client.writeLines(headOf(post) + post.body.slice(0, 20))
    await until(() => heads() === 1)
    const closed = app.close()
    await until(() => app.socketio.draining)
    client.writeLines(post.body.slice(20))
    await isAcknowledged(t, client, post)
    await closed
    t.strictSame(heard, ['half', 'whole', 'server shutting down'])
  })

  t.test(`${name}: so is one that waits for a hook of the app`, async (t) => {
    const letIn: (() => void)[] = []
    const hooked = newApp(t)
    hooked.addHook('preValidation', async ({ method, headers }) => {
      if (method === 'POST' && headers.host === 'a') await new Promise<void>((resolve) => { letIn.push(resolve) })
    })
    const { app, heard } = await hearing(t, {}, hooked)
    const port = await portOf(app)
    const post = await connect(app, ['late'])
    const client = dial(t, port)
    client.writeLines(headOf(post) + post.body)
    await until(() => letIn.length > 0)
    const closed = app.close()
    await until(() => app.socketio.draining)
    letIn[0]?.()
    await isAcknowledged(t, client, post)
    await closed
    t.strictSame(heard, ['late', 'server shutting down'])
  })
}

for (const { eio } of DIALECTS) {
  t.test(`engine ${eio}: a client in the middle of an upgrade is heard on its WebSocket, and told to go there`, async (t) => {
    const { app, heard } = await hearing(t)
    const client = new EngineClient(await portOf(app), eio, 'xhr')
    t.teardown(() => client.close())
    await client.open()
    if (eio === 4) await client.post('40').answer
    await client.next()
    const wire = client.newWire()
    await wire.opened
    wire.send('2probe')
    t.equal(await wire.next(), '3probe')
    const closed = app.close()
    await until(() => app.socketio.draining)
    wire.send('5', '42["message","moved"]')
    t.equal(await wire.closed, 1001)
    await closed
    t.strictSame(heard, ['moved', 'server shutting down'])
  })

  t.test(`engine ${eio}: what is queued for a WebSocket when the app closes is read, and what its client has said by then is heard`, async (t) => {
    const { app, heard } = await hearing(t)
    const client = await onWebSocket(t, app, eio)
    client.wire?.socket.pause()
    const [socket] = app.socketio.sessions.values()
    for (let i = 0; i < 100; i++) app.io.emit(String(i), 'x'.repeat(100_000))
    t.ok(Number(socket?.bufferedAmount) > 1_000_000)
    const closed = app.close()
    await until(() => app.socketio.draining)
    client.wire?.send('42["message","still"]')
    client.wire?.socket.resume()
    const read = await client.take(100)
    t.ok(read.every((packet, i) => String(packet).startsWith(`42["${i}",`)))
    t.equal(await client.wire?.closed, 1001)
    await closed
    t.strictSame(heard, ['still', 'server shutting down'])
  })
}

t.test('a WebSocket whose client reads nothing holds up no shutdown for long', async (t) => {
  const { app, heard } = await hearing(t, { farewellTimeout: 100 })
  const client = await onWebSocket(t, app, 3)
  client.wire?.socket.pause()
  for (let i = 0; i < 100; i++) app.io.emit(String(i), 'x'.repeat(100_000))
  const passed = stopwatch()
  await app.close()
  t.ok(passed() < 5000)
  t.strictSame(heard, ['server shutting down'])
})

t.test('packets that ask for an answer are not heard once there is no way for it, with their attachments, and the others are', async (t) => {
  const { app, heard } = await hearing(t)
  const asked: unknown[] = []
  app.io.on('connection', (socket) => { socket.onAny((...args) => asked.push(args)) })
  const client = await onWebSocket(t, app, 4)
  const { wire } = client
  wire?.socket.pause() // so that it does not know yet
  const closed = app.close()
  await until(() => [...app.socketio.sessions.values()].every(({ readyState }) => readyState === 'closing'))
  wire?.send('427["asks"]', '451-8["asks",{"_placeholder":true,"num":0}]', Buffer.of(1), '42["message","does not"]', '451-["binary",{"_placeholder":true,"num":0}]', Buffer.of(2), '42/other,9["asks"]')
  wire?.socket.resume()
  await closed
  t.strictSame(heard, ['does not', 'server shutting down'])
  t.strictSame(asked, [['message', 'does not'], ['binary', Buffer.of(2)]])
})

t.test('a request that waits for a hook while the app closes holds it up no longer than the hook, though its connection is kept alive', async (t) => {
  const hooked = newApp(t, { forceCloseConnections: false })
  const letIn: (() => void)[] = []
  hooked.addHook('onRequest', async ({ headers }) => {
    if (headers.host === 'a') await new Promise<void>((resolve) => { letIn.push(resolve) })
  })
  const { app } = await hearing(t, {}, hooked)
  const port = await portOf(app)
  const clients = await Promise.all(Object.values(SESSIONS).map(async (connect) => {
    const post = await connect(app, ['late'])
    return [`GET ${post.url} HTTP/1.1\r\nHost: a\r\n\r\n`, headOf(post) + post.body].map((request) => {
      const client = dial(t, port)
      client.writeLines(request)
      return client
    })
  }))
  await until(() => letIn.length === 6)
  const closed = app.close()
  await until(() => app.socketio.sessions.size === 0)
  for (const go of letIn) go()
  const passed = stopwatch()
  await closed
  t.ok(passed() < 2000)
  for (const client of clients.flat()) t.match(parse(await client.answers(1)).headers, { connection: 'close' })
})

t.test('a client that reads nothing, and that the application has let go of, holds up no drain', async (t) => {
  const { app } = await hearing(t, { farewellTimeout: 100 })
  const client = await onWebSocket(t, app, 4)
  client.wire?.socket.pause()
  for (let i = 0; i < 100; i++) app.io.emit(String(i), 'x'.repeat(100_000))
  app.io.disconnectSockets(true)
  t.equal(app.socketio.sessions.size, 1)
  const passed = stopwatch()
  await app.socketio.drain(100)
  t.ok(passed() < 5000)
})

t.test('a drain that is to end sooner than the one under way does', async (t) => {
  const { app } = await hearing(t, { farewellTimeout: 100 })
  await portOf(app)
  for (let i = 0; i < 4; i++) await connectPolling(app)
  const drains = [app.socketio.drain(60_000), app.socketio.drain(50), app.socketio.drain(30_000)]
  await Promise.all(drains)
  t.equal(app.socketio.sessions.size, 0)
})

t.test('the registrations of an app tell their clients to go together', async (t) => {
  const app = newApp(t)
  for (const prefix of ['/a', '/b', '/c']) await app.register(async (scope) => { await scope.register(socketioTransports, { prefix, farewellTimeout: 500 }) })
  const port = await portOf(app)
  const wires = await Promise.all(['/a', '/b', '/c'].map((prefix) =>
    rawWebSocket(t, `http://127.0.0.1:${port}${prefix}/socket.io/?EIO=4&transport=websocket`))) // they answer no close frame
  const passed = stopwatch()
  await app.close()
  const time = passed()
  t.ok(time < 1400, `it took ${Math.round(time)} ms`)
  t.equal(wires.length, 3)
})
