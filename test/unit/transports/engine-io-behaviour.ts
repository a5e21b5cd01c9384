// What polling and WebSockets of Engine.IO 3 and 4 do, over real HTTP: revision-1-behaviour.ts told in their bytes, as far as it is theirs.
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import { isWebSocket } from '../../kit/engine-io/client.js'
import type { Pending, Way } from '../../kit/engine-io/client.js'
import { serveEngine } from '../../kit/engine-io/server.js'
import { clock } from '../../kit/clock.js'
import { AWKWARD } from './revision-1-behaviour.js'
import { until } from '../../kit/waiting.js'
import { toBody } from '../../kit/engine-io/payload.js'
import type { EngineServer, EngineSession } from '../../kit/engine-io/server.js'
import type { Eio, Message } from '../../kit/engine-io/payload.js'
import { fetchText } from '../../kit/request.js'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))
const toPacket = (data: string): string => `4${data}`
const BYTES = Buffer.from([0, 4, 30, 98, 255, 1])
/** What a client sends to show that it lives, and what the server says for it to live. */
const BEATS = { 3: { up: '2', down: '3' }, 4: { up: '3', down: '2' } } as const

/** What a client has open at the server: a poll, or its WebSocket. */
async function park ({ client, socket }: EngineSession): Promise<Pending | undefined> {
  if (client.wire !== undefined) return undefined
  const poll = client.hold()
  await until(() => socket.transport.writable)
  return poll
}

/** What came of that until it was over. */
async function rest (session: EngineSession, poll: Pending | undefined): Promise<{ packets: Message[], code?: number }> {
  const { wire } = session.client
  if (poll !== undefined || wire === undefined) return { packets: poll === undefined ? [] : session.client.read(await poll.answer) }
  const packets: Message[] = []
  for (let packet = await wire.next(); packet !== undefined; packet = await wire.next()) packets.push(packet)
  return { packets, code: await wire.closed }
}

/** Whether the server has forgotten the session. */
async function isForgotten ({ app, port }: EngineServer, { client }: EngineSession): Promise<boolean> {
  const { status, body } = await fetchText(`http://127.0.0.1:${port}/socket.io/?EIO=${client.eio}&transport=polling&sid=${client.sid}`)
  const told = status === 400 && body === '{"code":1,"message":"Session ID unknown"}'
  return told && !app.socketio.sessions.has(client.sid) && app.socketio.clientsCount === 0
}

export function behaviour (eio: Eio, way: Way): void {
  const byWebSocket = isWebSocket(way)
  const name = `engine ${eio} by ${way}`
  const start = async (t: Test, options = {}): Promise<{ server: EngineServer, session: EngineSession }> => {
    const server = await serveEngine(t, options)
    return { server, session: await server.connect(eio, way) }
  }

  t.test(`${name}: the open packet comes first, whatever the application says at once`, async (t) => {
    const server = await serveEngine(t, { pingInterval: 7000, pingTimeout: 3000, maxPayload: 5000 })
    server.app.socketio.on('connection', (socket) => {
      socket.write('early')
      socket.write(BYTES)
    })
    const client = server.client(eio, way)
    const { sid, ...terms } = await client.open()
    t.match(sid, /^[\w-]{20}$/)
    t.strictSame(terms, { upgrades: byWebSocket ? [] : ['websocket'], pingInterval: 7000, pingTimeout: 3000, maxPayload: 5000 })
    t.strictSame(await client.take(2), ['4early', BYTES])
    const socket = server.app.socketio.sessions.get(client.sid)
    t.match(socket, { dialect: `engine ${eio}`, protocol: eio, transport: { name: byWebSocket ? 'websocket' : 'polling' } })
    t.equal(server.app.socketio.clientsCount, 1)
  })

  t.test(`${name}: packets go both ways`, async (t) => {
    const { session: { client, socket, heard } } = await start(t)
    for (const message of ['text', '', BYTES, Buffer.alloc(0), '{"json":[1]}']) {
      const packet = typeof message === 'string' ? toPacket(message) : message
      await client.send(packet)
      await until(() => heard.length > 0)
      t.strictSame(heard.splice(0), [message])
      socket.write(message)
      t.strictSame(await client.next(), packet)
    }
  })

  t.test(`${name}: a burst of the client arrives whole and in order`, async (t) => {
    const { session: { client, heard } } = await start(t)
    await client.send(...numbers(300).map(toPacket))
    await until(() => heard.length >= 300)
    t.strictSame(heard, numbers(300))
  })

  t.test(`${name}: a burst of the server in one tick arrives whole and in order`, async (t) => {
    const { session } = await start(t)
    const { client, socket } = session
    const poll = await park(session)
    for (const n of numbers(300)) socket.write(n)
    const first = poll === undefined ? [] : client.read(await poll.answer)
    t.strictSame([...first, ...await client.take(300 - first.length)], numbers(300).map(toPacket))
    for (const n of numbers(20)) socket.write(`again ${n}`)
    t.strictSame(await client.take(20), numbers(20).map((n) => `4again ${n}`))
  })

  t.test(`${name}: answers to a burst come in its order`, async (t) => {
    const { session: { client, socket } } = await start(t)
    socket.on('data', (data) => socket.write(data))
    for (let i = 0; i < 100; i += 2) await client.send(`4${i}`, `4${i + 1}`)
    t.strictSame(await client.take(100), numbers(100).map(toPacket))
  })

  t.test(`${name}: awkward characters pass unchanged, alone and in bursts, both ways`, async (t) => {
    const { session: { client, socket, heard } } = await start(t)
    for (const data of AWKWARD) {
      await client.send(toPacket(data))
      await until(() => heard.length > 0)
      t.strictSame(heard.splice(0), [data])
      socket.write(data)
      t.equal(await client.next(), toPacket(data))
    }
    await client.send(...AWKWARD.map(toPacket))
    await until(() => heard.length >= AWKWARD.length)
    t.strictSame(heard, AWKWARD)
    for (const data of AWKWARD) socket.write(data)
    t.strictSame(await client.take(AWKWARD.length), AWKWARD.map(toPacket))
  })

  t.test(`${name}: a packet that is none ends the session, and nothing after it is heard`, async (t) => {
    const { server, session } = await start(t)
    const { client, heard, closed } = session
    const poll = await park(session)
    if (byWebSocket) await client.send('4before', 'nonsense', '4after')
    else t.match(await client.post(toBody(['4before', 'nonsense', '4after'], eio)).answer, { status: 400 })
    t.strictSame(await rest(session, poll), byWebSocket ? { packets: [], code: 1002 } : { packets: ['1'] })
    t.match(closed, { count: 1, reason: 'parse error', end: 'parse error' })
    t.strictSame(heard, byWebSocket ? ['before'] : [], 'a body that cannot be read is refused as a whole')
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: a listener that throws harms nobody`, async (t) => {
    const { session: { client, socket, heard } } = await start(t)
    socket.prependListener('data', (data) => { if (data === 'bad') throw new Error('of a listener') })
    await client.send('4bad', '4after')
    await until(() => heard.length > 0)
    t.strictSame(heard, ['after'])
    t.equal(socket.readyState, 'open')
  })

  t.test(`${name}: a client that is gone is noticed`, async (t) => {
    const { server, session } = await start(t)
    const poll = await park(session)
    poll?.request.destroy()
    session.client.wire?.socket.terminate()
    await until(() => session.closed.count > 0)
    t.match(session.closed, { count: 1, reason: byWebSocket ? 'transport close' : 'transport error' })
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: when the server closes, the client is told at once, and once`, async (t) => {
    const { server, session } = await start(t)
    const poll = await park(session)
    session.socket.close()
    session.socket.close()
    session.socket.write('too late')
    t.strictSame(await rest(session, poll), byWebSocket ? { packets: [], code: 1005 } : { packets: ['1'] })
    t.match(session.closed, { count: 1, reason: 'forced close' })
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: what was said before the server closes comes before the end, and nothing after it`, async (t) => {
    const { server, session } = await start(t)
    const { client, socket } = session
    for (const n of numbers(300)) socket.write(n)
    socket.close()
    socket.write('too late')
    t.strictSame(await client.take(300), numbers(300).map(toPacket))
    t.strictSame(await rest(session, byWebSocket ? undefined : client.hold()), byWebSocket ? { packets: [], code: 1005 } : { packets: ['1'] })
    t.match(session.closed, { count: 1, reason: 'forced close', end: 'closed by server' })
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: a shutdown tells the client, and waits for nobody`, async (t) => {
    const { server, session } = await start(t)
    const poll = await park(session)
    const over = rest(session, poll)
    await server.app.close()
    t.strictSame(await over, byWebSocket ? { packets: [], code: 1001 } : { packets: ['1'] })
    t.match(session.closed, { count: 1, reason: 'forced close', end: 'server closing' })
  })

  t.test(`${name}: the client's goodbye ends its session, and what it sends after it is not heard`, async (t) => {
    const { server, session } = await start(t)
    const poll = await park(session)
    await session.client.send('4before', '1', '4after')
    const { packets } = await rest(session, poll)
    t.strictSame(packets, ['6'])
    t.strictSame(session.heard, ['before'])
    t.match(session.closed, { count: 1, reason: 'transport close' })
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: a client that leaves a heartbeat out is given up`, async (t) => {
    const tick = clock(t)
    const { server, session } = await start(t)
    if (eio === 4) {
      const poll = await park(session)
      tick(24_900)
      session.socket.write('quiet until now')
      t.strictSame(poll === undefined ? await session.client.take(1) : session.client.read(await poll.answer), ['4quiet until now'])
      const next = await park(session)
      tick(300)
      t.strictSame(next === undefined ? await session.client.take(1) : session.client.read(await next.answer), ['2'])
    } else {
      tick(25_200)
    }
    await session.client.send('4busy')
    await until(() => session.heard.length > 0)
    const poll = await park(session)
    tick(19_700)
    t.equal(session.closed.count, 0)
    tick(400)
    t.strictSame(session.closed, { count: 1, reason: 'ping timeout', end: 'ping timeout', cause: undefined })
    t.strictSame(await rest(session, poll), byWebSocket ? { packets: [], code: 1005 } : { packets: ['1'] })
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: heartbeats keep a session, and the interval counts from the client's`, async (t) => {
    const tick = clock(t)
    const { session } = await start(t)
    const { client, socket } = session
    const { up, down } = BEATS[eio]
    for (let i = 0; i < 4; i++) {
      const poll = await park(session)
      tick(24_000)
      if (poll === undefined) t.ok(socket.transport.writable)
      else t.ok(socket.transport.writable, 'not before its time')
      if (eio === 4) tick(1200)
      else await client.send(up)
      t.strictSame(poll === undefined ? await client.take(1) : client.read(await poll.answer), [down])
      tick(19_000)
      const arrived = once(socket, 'data')
      await client.send(up, '4alive')
      await arrived
      if (eio === 3) t.equal(await client.next(), down)
    }
    t.equal(session.closed.count, 0)
  })

  t.test(`${name}: a heartbeat of the other protocol ends the session`, async (t) => {
    const { server, session } = await start(t)
    const poll = await park(session)
    const beat = [BEATS[eio].down, '4after']
    if (byWebSocket) await session.client.send(...beat)
    else t.match(await session.client.post(toBody(beat, eio)).answer, { status: 400 }, 'not "ok": what comes after it was not delivered')
    t.strictSame(await rest(session, poll), byWebSocket ? { packets: [], code: 1002 } : { packets: ['1'] })
    t.match(session.closed, { count: 1, reason: 'transport error', end: 'protocol violation', cause: { message: 'invalid heartbeat direction' } })
    t.strictSame(session.heard, [])
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: ${byWebSocket ? 'a second WebSocket for the same session is closed, and the first does not notice' : 'two polls at a time end the session'}`, async (t) => {
    const { server, session } = await start(t)
    const { client, socket, heard, closed } = session
    const poll = await park(session)
    if (byWebSocket) {
      t.equal(await client.newWire().closed, 1005)
      socket.write('to the first')
      t.equal(await client.next(), '4to the first')
      await client.send('4from the first')
      await until(() => heard.length > 0)
      t.strictSame([heard, closed], [['from the first'], { count: 0 }])
      return
    }
    t.match(await client.hold().answer, { status: 400 })
    t.strictSame(await rest(session, poll), { packets: ['1'] })
    t.match(closed, { count: 1, reason: 'transport error', end: 'protocol violation', cause: { message: 'two polls at a time' } })
    t.ok(await isForgotten(server, session))
  })

  t.test(`${name}: what is too large is refused, at the cost of ${byWebSocket ? 'that session' : 'nothing else'}`, async (t) => {
    const { server, session } = await start(t, { maxPayload: 1000 })
    const other = await server.connect(eio, way)
    const { client, socket, heard } = session
    if (byWebSocket) {
      await client.send(`4${'x'.repeat(1000)}`)
      t.strictSame(await rest(session, undefined), { packets: [], code: 1009 })
      t.match(session.closed, { count: 1, reason: 'transport error' })
    } else {
      t.match(await client.post(toBody([`4${'x'.repeat(1000)}`], eio)).answer, { status: 413 })
      await client.send('4fits')
      t.strictSame(heard, ['fits'])
      socket.write('alive')
      t.equal(await client.next(), '4alive')
    }
    other.socket.write('not concerned')
    t.equal(await other.client.next(), '4not concerned')
  })

  t.test(`${name}: what is exactly as large as allowed passes`, async (t) => {
    const { session: { client, heard } } = await start(t, { maxPayload: 1000 })
    const around = (way === 'jsonp' ? 2 : 0) + (eio === 3 && !byWebSocket ? (way === 'jsonp' ? 'xxx%3A'.length : 'xxx:'.length) : 0)
    const data = 'x'.repeat(1000 - around - 1)
    await client.send(toPacket(data))
    await until(() => heard.length > 0)
    t.strictSame(heard, [data])
  })

  t.test(`${name}: an unknown session is told so`, async (t) => {
    const server = await serveEngine(t)
    const client = server.client(eio, way)
    client.sid = 'nobody'
    const body = { code: 1, message: 'Session ID unknown' }
    if (byWebSocket) {
      const [, response] = await once(client.newWire().socket.on('error', () => {}), 'unexpected-response') as [unknown, NodeJS.ReadableStream & { statusCode: number }]
      let text = ''
      for await (const chunk of response) text += String(chunk)
      t.strictSame([response.statusCode, JSON.parse(text)], [400, body])
    } else {
      for (const pending of [client.hold(), client.post(toBody(['4x'], eio))]) {
        const answer = await pending.answer
        t.strictSame([answer.status, JSON.parse(String(answer.body))], [400, body])
      }
    }
    t.equal(server.app.socketio.sessions.size, 0)
  })

  t.test(`${name}: OPTIONS and HEAD take nothing, neither what is held open nor what is queued`, async (t) => {
    const { session } = await start(t)
    const { client, socket } = session
    const poll = await park(session)
    const url = client.url(byWebSocket ? 'websocket' : 'polling')
    t.match(await fetchText(url, { method: 'OPTIONS' }), { status: 204, body: '' })
    t.match(await fetchText(url, { method: 'HEAD' }), { status: 404, body: '' })
    t.ok(socket.transport.writable, 'what was held open is still held open')
    socket.write('one')
    t.strictSame(poll === undefined ? await client.take(1) : client.read(await poll.answer), ['4one'])
    socket.write('two')
    t.match(await fetchText(url, { method: 'HEAD' }), { status: 404, body: '' })
    t.equal(await client.next(), '4two')
    t.equal(session.closed.count, 0)
  })

  t.test(`${name}: thousands of packets sent in one tick all arrive, in order`, async (t) => {
    const { session: { client, socket, closed } } = await start(t, { maxQueueBytes: 10_000_000 })
    const data = 'x'.repeat(1000)
    for (let i = 0; i < 3000; i++) socket.write(`${i} ${data}`)
    const packets = await client.take(3000)
    t.strictSame(packets.map((packet) => packet.toString().slice(1, -data.length - 1)), numbers(3000))
    t.equal(closed.count, 0)
  })
}
