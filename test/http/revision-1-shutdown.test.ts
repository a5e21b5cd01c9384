// The ends: of an app with everything open, and of thousands of sessions, each way there is.
import { once } from 'node:events'
import t from 'tap'
import type { FastifyServerOptions } from 'fastify'
import { WebSocket } from 'ws'
import type { Revision1Transport } from '../../src/transports/index.js'
import type { Socket } from '../../types/socket.js'
import { ALL, isPolling, isWebSocket } from '../kit/revision-1/client.js'
import type { Held } from '../kit/revision-1/client.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { sidOf } from '../kit/revision-1/inject.js'
import { park, serve } from '../kit/revision-1/server.js'
import type { TestServer } from '../kit/revision-1/server.js'
import { clock } from '../kit/clock.js'
import { stopwatch } from '../kit/stopwatch.js'
import { until } from '../kit/waiting.js'
import { head } from '../kit/raw/http.js'
import { beganGet } from '../kit/raw/unread.js'

/** What a shutdown may take at most, ms. Measured, it is a tenth of that. */
const FAST = 900

/** How long it takes; `own`: less what others have taken of the machine. */
async function timed (run: () => Promise<unknown>): Promise<{ all: number, own: number }> {
  const [start, passed] = [performance.now(), stopwatch()]
  await run()
  return { all: performance.now() - start, own: passed() }
}

async function rest (held: Held): Promise<(string | undefined)[]> {
  const packets: (string | undefined)[] = []
  for (let packet = await held.next(); packet !== undefined; packet = await held.next()) packets.push(packet)
  return packets
}

/** What a client hears at a shutdown; htmlfile's does not see its stream end, and is told to come back. */
const LAST_WORDS: Partial<Record<Revision1Transport, string[]>> = {
  'xhr-polling': ['8::'],
  'jsonp-polling': ['8::'],
  htmlfile: ['7:::1+0']
}

const SERVERS: [what: string, options: FastifyServerOptions][] = [
  ['as Fastify is by default', {}],
  ['with forceCloseConnections', { forceCloseConnections: true }],
  ['with forceCloseConnections off', { forceCloseConnections: false }]
]

for (const [what, options] of SERVERS) {
  t.test(`app.close() with every transport open is fast, ${what}`, async (t) => {
    const server = await serve(t, {}, options)
    const open: { name: Revision1Transport, held: Held, closed: { count: number, reason?: string } }[] = []
    for (const name of ALL) {
      const session = await server.connect(name)
      await park(session)
      const { held } = session.client
      if (held !== undefined) open.push({ name, held, closed: session.closed })
    }
    const unconnected = await server.handshake()
    t.equal(open.length, ALL.length)
    t.ok(server.app.socketio.sessions.has(unconnected))
    const time = await timed(() => server.app.close())
    t.ok(time.own < FAST, `it took ${Math.round(time.own)} ms`)
    for (const { name, held, closed } of open) {
      t.strictSame(await rest(held), LAST_WORDS[name] ?? [], `${name}: no goodbye, so that it comes back`)
      t.strictSame(await held.ended, isWebSocket(name) ? { whole: true, code: 1001 } : { whole: true }, `${name}: ended whole`)
      if (isPolling(name)) t.equal((await held.opened).headers.connection, 'close', name)
      t.strictSame(closed, { count: 1, reason: 'forced close' }, name)
    }
    t.equal(server.app.socketio.sessions.size, 0)
    t.equal(server.app.socketio.clientsCount, 0)
  })
}

t.test('clients between two polls, on connections kept alive, hold up no shutdown', async (t) => {
  const server = await serve(t, {}, {})
  for (let i = 0; i < 10; i++) await server.connect(i % 2 === 0 ? 'xhr-polling' : 'jsonp-polling')
  t.equal(server.app.socketio.clientsCount, 10)
  const time = await timed(() => server.app.close())
  t.ok(time.own < FAST, `it took ${Math.round(time.own)} ms`)
})

t.test('a websocket peer that never answers the close frame holds up no shutdown for long', async (t) => {
  const server = await serve(t, { farewellTimeout: 200 }, {})
  const raw = await rawWebSocket(t, `http://127.0.0.1:${server.port}/socket.io/1/websocket/${await server.handshake()}`)
  await raw.bytes(5)
  const time = await timed(() => server.app.close())
  t.ok(time.all > 180, 'it has farewellTimeout to answer')
  t.ok(time.own < FAST, `it took ${Math.round(time.own)} ms`)
  t.strictSame((await raw.bytes(23)).subarray(5), Buffer.from('\x88\x10\x03\xe9server closing', 'latin1'), 'it was sent one: 1001, going away')
})

t.test('a peer that does not read holds up no shutdown for long', async (t) => {
  const server = await serve(t, { maxQueueBytes: 100_000_000 }, {})
  for (const name of ['htmlfile', 'xhr-polling']) {
    const sid = await server.handshake()
    const url = `http://127.0.0.1:${server.port}/socket.io/1/${name}/${sid}`
    const tcp = await beganGet(t, url)
    if (name === 'xhr-polling') tcp.write(head('GET', url))
    const socket = server.socketOf(sid)
    await until(() => socket.transport.writable)
    socket.send({ type: 'message', data: 'x'.repeat(20_000_000) })
  }
  const time = await timed(() => server.app.close())
  t.ok(time.all > 900, 'they are given a second to read the end')
  t.ok(time.own < 2500, `it took ${Math.round(time.own)} ms`)
})

t.test('a listener that closes the engine while it closes is no trouble', async (t) => {
  const server = await serve(t, {}, {})
  const session = await server.connect('websocket')
  const closed = new Promise((resolve) => {
    session.socket.on('close', () => { server.app.socketio.close() })
    session.socket.on('close', resolve)
  })
  await server.app.close()
  await closed
  t.equal(session.closed.count, 1)
})

// ---- thousands of sessions

const EACH = 286

interface Crowd {
  server: TestServer
  closes: Map<string, string[]>
}

async function handshakes ({ server: { app } }: Crowd, count = EACH): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => app.inject('/socket.io/1/')))
  return answers.map(sidOf)
}

async function connected (crowd: Crowd): Promise<string[]> {
  const sids = await handshakes(crowd)
  await Promise.all(sids.map((sid) => crowd.server.app.inject(`/socket.io/1/xhr-polling/${sid}`)))
  return sids
}

const each = (sids: string[], run: (sid: string) => unknown): Promise<unknown> => Promise.all(sids.map(run))

const ENDINGS: Record<string, { reason: string, run: (crowd: Crowd) => Promise<string[]> }> = {
  'a goodbye of the client': {
    reason: 'transport close',
    async run (crowd) {
      const sids = await connected(crowd)
      await each(sids, (sid) => crowd.server.app.inject({ method: 'POST', url: `/socket.io/1/xhr-polling/${sid}`, payload: '0::' }))
      return sids
    }
  },
  '?disconnect': {
    reason: 'transport close',
    async run (crowd) {
      const sids = await connected(crowd)
      await each(sids, (sid) => crowd.server.app.inject(`/socket.io/1//${sid}/?disconnect=1`))
      return sids
    }
  },
  'close() of the server': {
    reason: 'forced close',
    async run (crowd) {
      const sids = await connected(crowd)
      await each(sids, (sid) => crowd.server.socketOf(sid).close())
      return sids
    }
  },
  'a disconnect packet of the server': {
    reason: 'forced close',
    async run (crowd) {
      const sids = await connected(crowd)
      await each(sids, (sid) => crowd.server.socketOf(sid).send({ type: 'disconnect' }))
      await each(sids, (sid) => crowd.server.app.inject(`/socket.io/1/xhr-polling/${sid}`)) // and is told
      return sids
    }
  },
  'a broken connection': {
    reason: 'transport close',
    async run (crowd) {
      const sids = await handshakes(crowd)
      const { port } = crowd.server
      for (let i = 0; i < sids.length; i += 50) {
        const sockets = sids.slice(i, i + 50).map((sid) => new WebSocket(`ws://127.0.0.1:${port}/socket.io/1/websocket/${sid}`))
        await Promise.all(sockets.map((socket) => once(socket, 'message')))
        await Promise.all(sockets.map((socket) => {
          const closed = once(socket, 'close')
          socket.terminate()
          return closed
        }))
      }
      return sids
    }
  }
}

const listeners = ({ server: { app } }: Crowd): [name: string | symbol, count: number][] =>
  app.server.eventNames().map((name) => [name, app.server.listenerCount(name)])

const activeSockets = (): number => process.getActiveResourcesInfo().filter((name) => name.includes('TCPSocket')).length

t.test('two thousand sessions, ended in every way there is, leave nothing behind', async (t) => {
  const tick = clock(t)
  const crowd: Crowd = { server: await serve(t), closes: new Map() }
  const { app } = crowd.server
  app.socketio.on('connection', (socket: Socket) => {
    const reasons: string[] = []
    crowd.closes.set(socket.id, reasons)
    socket.on('close', (reason) => reasons.push(reason))
  })
  await app.inject('/socket.io/1/')
  tick(60_000)
  await until(() => activeSockets() === 0)
  const before = listeners(crowd)
  t.equal(tick.running(), 0)

  const ended: [sid: string, reason: string][] = []
  for (const [name, { reason, run }] of Object.entries(ENDINGS)) {
    const sids = await run(crowd)
    await until(() => app.socketio.sessions.size === 0)
    t.equal(app.socketio.clientsCount, 0, name)
    for (const sid of sids) ended.push([sid, reason])
  }
  const idle = await connected(crowd)
  for (const sid of idle) ended.push([sid, 'ping timeout'])
  const unconnected = await handshakes(crowd)
  t.strictSame([app.socketio.sessions.size, app.socketio.clientsCount], [2 * EACH, EACH])
  t.equal(tick.running(), 1, 'one interval for all of them')
  tick(31_000)
  t.strictSame([app.socketio.sessions.size, app.socketio.clientsCount], [EACH, EACH], 'what never connected is gone')
  tick(30_000)
  t.strictSame([app.socketio.sessions.size, app.socketio.clientsCount], [0, 0])

  t.equal(ended.length + unconnected.length, 7 * EACH)
  t.strictSame(Object.fromEntries(crowd.closes), Object.fromEntries(ended.map(([sid, reason]) => [sid, [reason]])),
    'each session that was connected has closed once, and no other')
  t.equal(tick.running(), 0)
  t.strictSame(listeners(crowd), before)
  await until(() => activeSockets() === 0)
  t.equal(app.socketio.listenerCount('connection'), 1)
})
