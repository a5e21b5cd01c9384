// The move from polls to a WebSocket over real requests: whatever happens at whichever step, every message arrives once and in order.
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import { isWebSocket, WAYS } from '../../kit/engine-io/client.js'
import type { EngineWebSocket, Pending, Way } from '../../kit/engine-io/client.js'
import { maskedFrame } from '../../kit/raw/frames.js'
import { clock } from '../../kit/clock.js'
import { until } from '../../kit/waiting.js'
import { rawWebSocket } from '../../kit/raw/websocket.js'
import { readBody, toBody } from '../../kit/engine-io/payload.js'
import { serveEngine } from '../../kit/engine-io/server.js'
import type { EngineServer, EngineSession } from '../../kit/engine-io/server.js'
import type { Eio, Message } from '../../kit/engine-io/payload.js'
import { dial } from '../../kit/raw/connection.js'
import { head, parse, UPGRADE } from '../../kit/raw/http.js'
import { beganGet, over } from '../../kit/raw/unread.js'
import { sessionBehind } from '../../kit/session-behind.js'

const VERSIONS: readonly Eio[] = [3, 4]
const POLLS: readonly Way[] = WAYS.filter((way) => !isWebSocket(way))

// ---- numbered messages

/** Every seventh is binary. */
const numbered = (number: number): Message => number % 7 === 3 ? Buffer.from(`binary ${number}`) : `text ${number}`
const toPacket = (message: Message): Message => typeof message === 'string' ? `4${message}` : message
const show = (message: Message | undefined): string => typeof message === 'string' ? message : `<${String(message)}>`
const expected = (count: number): string[] => Array.from({ length: count }, (_, i) => show(numbered(i)))

/** Counts messages up and down, and notes what arrives. */
class Traffic {
  readonly #session: EngineSession
  readonly got: Message[] = []
  #down = 0
  #up = 0
  #polling = false
  #loop = Promise.resolve()

  constructor (session: EngineSession) {
    this.#session = session
  }

  /** The application says so many. */
  say (count: number): void {
    for (let i = 0; i < count; i++) this.#session.socket.write(numbered(this.#down++))
  }

  /** So many of the client's, as packets. */
  packets (count: number): Message[] {
    return Array.from({ length: count }, () => toPacket(numbered(this.#up++)))
  }

  post (count: number): Promise<void> { return this.#session.client.send(...this.packets(count)) }

  note (packets: readonly (Message | undefined)[]): void {
    for (const packet of packets) if (packet !== undefined && packet !== '6') this.got.push(packet)
  }

  /** The client polls, one poll after the other. */
  startPolling (): void {
    this.#polling = true
    this.#loop = (async () => {
      while (this.#polling) this.note(await this.#session.client.poll())
    })()
    this.#loop.catch(() => {})
  }

  /** The poll that is open is the last; it has been read. */
  async pause (): Promise<void> {
    this.#polling = false
    await this.#loop
  }

  /** Reads the rest of what was said from the WebSocket, or by polls. */
  async finish (t: Test, wire?: EngineWebSocket): Promise<void> {
    const { client, heard } = this.#session
    while (this.got.length < this.#down) this.note(wire === undefined ? await client.poll() : [await wire.next()])
    await until(() => heard.length >= this.#up)
    t.strictSame(this.got.map((packet) => show(typeof packet === 'string' ? packet.slice(1) : packet)), expected(this.#down))
    t.strictSame(heard.map(show), expected(this.#up))
  }
}

// ---- the steps of an attempt

type Attempt = { wire: EngineWebSocket, traffic: Traffic, session: EngineSession }

/** What the client does, up to the step of that name and no further. */
const STEPS: Record<string, (attempt: Attempt) => Promise<void>> = {
  'that has opened': async ({ wire }) => { await wire.opened },
  'that has sent its probe': async ({ wire }) => {
    await wire.opened
    wire.send('2probe')
  },
  'whose probe was answered': async ({ wire }) => { await probe(wire) },
  'whose client has paused its polls': async ({ wire, traffic }) => {
    await probe(wire)
    await traffic.pause()
  }
}

async function probe (wire: EngineWebSocket): Promise<void> {
  await wire.opened
  wire.send('2probe')
  const answer = await wire.next()
  if (answer !== '3probe') throw new Error(`the probe is answered with ${show(answer)}`)
}

/** A whole attempt without traffic. */
async function move (session: EngineSession): Promise<EngineWebSocket> {
  const wire = session.client.newWire()
  await probe(wire)
  wire.send('5')
  await until(() => session.socket.transport.name === 'websocket')
  return wire
}

/** The attempt that the server knows of: nothing outside tells. */
const attemptOn = ({ app, socket }: EngineSession): unknown => sessionBehind(app, socket)?.upgrade

/** A session that polls, with a WebSocket that has come to a step; the server knows of the attempt. */
async function tryOut (t: Test, eio: Eio, reach: (attempt: Attempt) => Promise<void>): Promise<Attempt & { server: EngineServer }> {
  const server = await serveEngine(t)
  const session = await server.connect(eio, 'xhr')
  const attempt = { wire: session.client.newWire(), traffic: new Traffic(session), session }
  await reach(attempt)
  await until(() => attemptOn(session) !== undefined)
  return { ...attempt, server }
}

const KILLS: Record<string, (wire: EngineWebSocket) => void> = {
  'is torn down': ({ socket }) => socket.terminate(),
  'is closed': ({ socket }) => socket.close(),
  'is reset': ({ socket }) => { (socket as unknown as { _socket: TcpSocket })._socket.resetAndDestroy() }
}

/** The session is where it was: it polls, hears, and may try again. */
async function goesOn (t: Test, { session, traffic }: Attempt): Promise<void> {
  t.equal(session.socket.transport.name, 'polling')
  t.strictSame(session.closed, { count: 0 })
  traffic.say(10)
  await traffic.post(10)
  const second = session.client.newWire()
  await probe(second)
  await traffic.pause()
  traffic.say(10)
  second.send('5', ...traffic.packets(10))
  await traffic.finish(t, second)
  second.socket.terminate()
}

for (const eio of VERSIONS) {
  for (const way of POLLS) {
    t.test(`engine ${eio} by ${way}: bursts both ways at every step of an upgrade arrive once and in order`, async (t) => {
      const session = await (await serveEngine(t)).connect(eio, way)
      const { client, socket } = session
      const traffic = new Traffic(session)
      const both = async (): Promise<void> => {
        traffic.say(50)
        await traffic.post(50)
      }
      await both()
      traffic.startPolling()
      await both()
      const wire = client.newWire()
      await both()
      await wire.opened
      await both()
      wire.send('2probe')
      traffic.say(50)
      t.equal(await wire.next(), '3probe')
      await both()
      await traffic.pause()
      await both()
      socket.once('upgrade', () => traffic.say(50))
      wire.send('5', ...traffic.packets(50))
      traffic.say(50)
      await until(() => socket.transport.name === 'websocket')
      traffic.say(50)
      wire.send(...traffic.packets(50))
      await traffic.finish(t, wire)
      wire.socket.terminate()
    })

    t.test(`engine ${eio} by ${way}: so does what the application says in every turn meanwhile`, async (t) => {
      const server = await serveEngine(t)
      for (let round = 0; round < 10; round++) {
        const session = await server.connect(eio, way)
        const traffic = new Traffic(session)
        traffic.startPolling()
        let turns = 300
        const talk = (): void => {
          traffic.say(turns % (2 + round % 4) === 0 ? 3 : 1)
          if (--turns > 0) setImmediate(talk)
        }
        talk()
        const posts = traffic.post(20)
        const wire = session.client.newWire()
        await probe(wire)
        await posts
        await traffic.pause()
        wire.send('5', ...traffic.packets(20))
        await until(() => turns === 0)
        await traffic.finish(t, wire)
        wire.socket.terminate()
      }
    })

    for (const [step, reach] of Object.entries(STEPS)) {
      for (const [end, kill] of Object.entries(KILLS)) {
        t.test(`engine ${eio} by ${way}: a WebSocket ${step} and ${end} costs nothing, and the next one may succeed`, async (t) => {
          const session = await (await serveEngine(t)).connect(eio, way)
          const traffic = new Traffic(session)
          traffic.startPolling()
          const wire = session.client.newWire()
          traffic.say(100)
          const posted = traffic.post(100)
          await reach({ wire, traffic, session })
          traffic.say(100)
          kill(wire)
          traffic.say(100)
          await posted
          await wire.closed
          await until(() => attemptOn(session) === undefined)
          await goesOn(t, { wire, traffic, session })
        })
      }
    }
  }

  for (const [end, kill] of Object.entries(KILLS)) {
    t.test(`engine ${eio}: a WebSocket that ${end} right after 5 ends the session once, and nothing is heard twice`, async (t) => {
      const server = await serveEngine(t)
      const session = await server.connect(eio, 'xhr')
      const { client, socket, heard, closed } = session
      const traffic = new Traffic(session)
      await traffic.post(100)
      const wire = client.newWire()
      await probe(wire)
      const moved = once(socket, 'upgrade')
      wire.send('5')
      await moved
      kill(wire)
      traffic.say(100)
      await until(() => closed.count > 0)
      t.equal(closed.count, 1)
      t.equal(closed.reason, 'transport close')
      t.strictSame(heard.map(show), expected(100))
      t.match(await client.hold().answer, { status: 400 })
      t.notOk(server.app.socketio.sessions.has(client.sid))
    })
  }

  for (const [step, reach] of Object.entries(STEPS)) {
    t.test(`engine ${eio}: a WebSocket ${step} and stalls is closed after upgradeTimeout, and the session goes on by polls`, async (t) => {
      const tick = clock(t)
      const session = await (await serveEngine(t, { upgradeTimeout: 3000 })).connect(eio, 'xhr')
      const traffic = new Traffic(session)
      traffic.startPolling()
      const wire = session.client.newWire()
      const posted = traffic.post(50)
      // The poll that is paused may be one that only time answers: the server holds it a moment for what there may be to say.
      let reached = false
      const reaching = reach({ wire, traffic, session }).then(() => { reached = true })
      let ticked = 0
      await until(() => {
        if (!reached && step.includes('paused')) {
          tick(1)
          ticked++
        }
        return reached
      })
      await reaching
      await posted
      traffic.say(50)
      t.equal(wire.socket.readyState, wire.socket.OPEN)
      tick(Math.max(0, 2900 - ticked))
      t.equal(wire.socket.readyState, wire.socket.OPEN, 'not before its time')
      tick(300)
      t.equal(await wire.closed, 1005)
      await goesOn(t, { wire, traffic, session })
    })

    t.test(`engine ${eio}: a WebSocket ${step} and says something else is closed, and what it said is not heard`, async (t) => {
      const session = await (await serveEngine(t)).connect(eio, 'xhr')
      const traffic = new Traffic(session)
      traffic.startPolling()
      const wire = session.client.newWire()
      traffic.say(50)
      await reach({ wire, traffic, session })
      wire.send('4not yet', '5')
      t.equal(await wire.closed, 1005)
      await goesOn(t, { wire, traffic, session })
    })

    t.test(`engine ${eio}: a second WebSocket beside one ${step} is closed, and the first may go on`, async (t) => {
      const session = await (await serveEngine(t)).connect(eio, 'xhr')
      const traffic = new Traffic(session)
      traffic.startPolling()
      const wire = session.client.newWire()
      await reach({ wire, traffic, session })
      // The server knows of the first: it has said so, or there is an attempt.
      await until(() => attemptOn(session) !== undefined)
      t.equal(await session.client.newWire().closed, 1005)
      traffic.say(50)
      await traffic.post(50)
      wire.send('2probe')
      while (await wire.next() !== '3probe');
      await traffic.pause()
      wire.send('5', ...traffic.packets(50))
      await until(() => session.socket.transport.name === 'websocket')
      await traffic.finish(t, wire)
      wire.socket.terminate()
    })

    t.test(`engine ${eio}: when the server ends a session with a WebSocket ${step}, both are over`, async (t) => {
      const { session, wire } = await tryOut(t, eio, reach)
      session.socket.write('last')
      session.socket.close()
      session.socket.write('too late')
      const packets: Message[] = []
      while (packets.at(-1) !== '1') packets.push(...await session.client.poll())
      t.strictSame(packets.filter((packet) => packet !== '6'), ['4last', '1'])
      t.equal(await wire.closed, 1005)
      t.match(session.closed, { count: 1, reason: 'forced close' })
    })

    t.test(`engine ${eio}: when the client says goodbye by POST with a WebSocket ${step}, both are over`, async (t) => {
      const { server, session, wire } = await tryOut(t, eio, reach)
      await session.client.send('4before', '1', '4after')
      t.equal(await wire.closed, 1005)
      t.match(session.closed, { count: 1, reason: 'transport close' })
      t.strictSame(session.heard, ['before'])
      t.notOk(server.app.socketio.sessions.has(session.client.sid))
    })

    t.test(`engine ${eio}: a poll that breaks with a WebSocket ${step} ends both`, async (t) => {
      const { session, wire } = await tryOut(t, eio, reach)
      const { transport } = session.socket
      // A poll may have its answer, a noop for the probe, before the server sees that it is broken. Then the next one is broken.
      while (session.closed.count === 0) {
        const poll = session.client.hold()
        await until(() => transport.writable || session.closed.count > 0)
        poll.request.destroy()
        await until(() => !transport.writable || session.closed.count > 0)
      }
      t.equal(await wire.closed, 1005)
      t.match(session.closed, { count: 1, reason: 'transport error' })
    })

    t.test(`engine ${eio}: a shutdown with a WebSocket ${step} waits for nobody`, async (t) => {
      const { server, session, wire } = await tryOut(t, eio, reach)
      await server.app.close()
      await wire.closed
      t.match(session.closed, { count: 1, reason: 'forced close' })
    })
  }

  t.test(`engine ${eio}: on the wire an upgrade is 2probe, 3probe, a noop for the poll, 5, and then plain messages`, async (t) => {
    const { client, socket, heard } = await (await serveEngine(t)).connect(eio, 'xhr')
    const poll = client.hold()
    await until(() => socket.transport.writable)
    const raw = await rawWebSocket(t, client.url('websocket'))
    raw.socket.write(maskedFrame(1, '2probe'))
    t.strictSame(await raw.bytes(8), Buffer.concat([Buffer.of(0x81, 6), Buffer.from('3probe')]))
    t.strictSame(await poll.answer, { status: 200, body: Buffer.from(eio === 4 ? '6' : '1:6') })
    // All in one write: what stands behind 5 is the session's already.
    raw.socket.write(Buffer.concat([
      maskedFrame(1, '5'), maskedFrame(1, '4one'), maskedFrame(2, eio === 4 ? Buffer.of(1, 2) : Buffer.of(4, 1, 2)), maskedFrame(1, '4two')
    ]))
    await until(() => heard.length === 3)
    t.strictSame(heard, ['one', Buffer.of(1, 2), 'two'])
    socket.write('text')
    socket.write(Buffer.of(3))
    t.strictSame((await raw.bytes(8 + 7 + (eio === 4 ? 3 : 4))).subarray(8), Buffer.concat([
      Buffer.of(0x81, 5), Buffer.from('4text'), eio === 4 ? Buffer.of(0x82, 1, 3) : Buffer.of(0x82, 2, 4, 3)
    ]))
  })

  t.test(`engine ${eio}: a probe, and even 5, may come in one piece with the request`, async (t) => {
    const { port, ...server } = await serveEngine(t)
    const { client, socket, heard } = await server.connect(eio, 'xhr')
    const raw = dial(t, port)
    socket.write('waits')
    raw.write(Buffer.concat([
      Buffer.from(head('GET', client.url('websocket'), ...UPGRADE)),
      maskedFrame(1, '2probe'), maskedFrame(1, '5'), maskedFrame(1, '4up')
    ]))
    await until(() => heard.length > 0)
    t.strictSame(heard, ['up'])
    await until(() => raw.text.endsWith('waits'))
    t.equal(parse(raw.text).body, '\x81\x063probe\x81\x064waits')
  })

  t.test(`engine ${eio}: a poll that is held when 5 comes is answered with nothing, and what follows goes to the WebSocket`, async (t) => {
    const session = await (await serveEngine(t)).connect(eio, 'xhr')
    const { client, socket } = session
    const wire = client.newWire()
    await probe(wire)
    const poll = client.hold()
    await until(() => socket.transport.writable)
    wire.send('5')
    t.strictSame(client.read(await poll.answer), ['6'])
    socket.write('one')
    t.equal(await wire.next(), '4one')
    t.match(await client.hold().answer, { status: 400 })
    t.match(await client.post(toBody(['4x'], eio)).answer, { status: 400 })
    t.strictSame([session.heard, session.closed], [[], { count: 0 }])
    wire.socket.terminate()
  })

  t.test(`engine ${eio}: a WebSocket that comes after one has succeeded is closed, and the session does not notice`, async (t) => {
    const session = await (await serveEngine(t)).connect(eio, 'xhr')
    const wire = await move(session)
    const late = session.client.newWire()
    late.opened.then(() => late.send('2probe', '5', '4not heard'), () => {})
    t.equal(await late.closed, 1005)
    session.socket.write('one')
    t.equal(await wire.next(), '4one')
    wire.send('4up')
    await until(() => session.heard.length > 0)
    t.strictSame([session.heard, session.closed], [['up'], { count: 0 }])
    wire.socket.terminate()
  })

  // ---- answers and POSTs that are under way

  const COUNT = 1
  const DATA = 'x'.repeat(12_000_000) // more than the system's buffers take for a peer that does not read
  const heads = (packets: readonly (Message | undefined)[]): string[] => packets.map((packet) => show(packet).replace(DATA, ''))
  const LONG = Array.from({ length: COUNT }, (_, i) => `4${i} `)

  /** A poll whose reader has read the head of a long answer, and no more, when the session moves. */
  async function underWay (t: Test): Promise<{ session: EngineSession, wire: EngineWebSocket, tcp: TcpSocket }> {
    const session = await (await serveEngine(t, { maxQueueBytes: 100_000_000 })).connect(eio, 'xhr')
    const { client, socket } = session
    for (let i = 0; i < COUNT; i++) socket.write(`${i} ${DATA}`)
    const tcp = await beganGet(t, client.url('polling'))
    const wire = client.newWire()
    await probe(wire)
    socket.write('before')
    wire.send('5', '4up')
    await until(() => socket.transport.name === 'websocket')
    socket.write('behind')
    return { session, wire, tcp }
  }

  t.test(`engine ${eio}: an answer under way when 5 comes is read whole, and only then the WebSocket says more`, async (t) => {
    clock(t)
    const { session: { client, heard, socket }, wire, tcp } = await underWay(t)
    t.ok(socket.bufferedAmount > 0)
    const early = wire.next()
    let said = false
    early.then(() => { said = true })
    wire.send('4again')
    await until(() => heard.length === 2)
    t.notOk(said, 'nothing overtakes it')
    let answer = Buffer.alloc(0)
    tcp.on('data', (chunk: Buffer) => { answer = Buffer.concat([answer, chunk]) })
    const packets = heads([await early, await wire.next()])
    const body = (): Buffer => answer.subarray(answer.indexOf('\r\n\r\n') + 4)
    const length = Number(/content-length: (\d+)/i.exec(String(answer.subarray(0, 2000)))?.[1])
    await until(() => body().length === length)
    t.strictSame([...heads(readBody(body(), client.eio)), ...packets], [...LONG, '4before', '4behind'])
    t.strictSame(heard, ['up', 'again'])
    wire.socket.terminate()
  })

  t.test(`engine ${eio}: an answer that breaks after 5 is said on the WebSocket from its beginning, and then the rest`, async (t) => {
    clock(t)
    const { session: { closed }, wire, tcp } = await underWay(t)
    tcp.destroy()
    t.strictSame(heads(await wire.take(COUNT + 2)), [...LONG, '4before', '4behind'])
    t.strictSame(closed, { count: 0 })
    wire.socket.terminate()
  })

  t.test(`engine ${eio}: an answer that nobody reads after 5 is broken off a moment later, and said on the WebSocket`, async (t) => {
    const tick = clock(t)
    const { session: { closed }, wire, tcp } = await underWay(t)
    const first = wire.next()
    tick(1100)
    t.strictSame(heads([await first, ...await wire.take(COUNT + 1)]), [...LONG, '4before', '4behind'])
    t.strictSame(closed, { count: 0 })
    const broken = over(tcp)
    let length = 0
    tcp.on('data', (chunk: Buffer) => { length += chunk.length })
    await broken
    t.ok(length < COUNT * DATA.length, 'the answer has come to no end')
    wire.socket.terminate()
  })

  /** A POST of which all but the last byte has been sent. */
  async function halfPost ({ client }: EngineSession, body: string): Promise<Pending> {
    const { pathname, search, port } = new URL(client.url('polling'))
    const sent = request({ port, path: pathname + search, method: 'POST', headers: { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) } })
    sent.write(body.slice(0, -1))
    const answer = once(sent, 'response').then(async ([response]: IncomingMessage[]) => {
      const message = response as IncomingMessage
      return { status: Number(message.statusCode), body: await buffer(message) }
    })
    return { request: sent, answer }
  }

  t.test(`engine ${eio}: a POST that is complete before 5 is heard before what the WebSocket says`, async (t) => {
    const session = await (await serveEngine(t)).connect(eio, 'xhr')
    const body = toBody(['4one', '4two'], eio)
    const { request: post, answer } = await halfPost(session, body)
    const wire = session.client.newWire()
    await probe(wire)
    t.strictSame(session.heard, [])
    post.end(body.slice(-1))
    t.match(await answer, { status: 200 })
    wire.send('5', '4three')
    await until(() => session.heard.length === 3)
    t.strictSame(session.heard, ['one', 'two', 'three'])
    wire.socket.terminate()
  })

  t.test(`engine ${eio}: a POST that is complete only after 5 is refused as a whole, and its client knows`, async (t) => {
    const session = await (await serveEngine(t)).connect(eio, 'xhr')
    const body = toBody(['4one', '4two'], eio)
    const { request: post, answer } = await halfPost(session, body)
    const wire = await move(session)
    post.end(body.slice(-1))
    t.match(await answer, { status: 400 })
    wire.send('4three')
    await until(() => session.heard.length > 0)
    t.strictSame([session.heard, session.closed], [['three'], { count: 0 }])
    wire.socket.terminate()
  })
}
