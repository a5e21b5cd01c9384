// The server side of @socket.io/admin-ui on our engine: what an admin's client is told about clients of every generation, and its orders.
import { instrument } from '@socket.io/admin-ui'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { Clock } from '../kit/clock.js'
import { until } from '../kit/waiting.js'
import { ask, connectOfficial, hear, join09, join4 } from '../kit/official-clients.js'
import type { Peer } from '../kit/official-clients.js'

/** How often the statistics are sent, ms. */
const EVERY = 2000
/** bcrypt of `open sesame`, at its lowest cost. */
const PASSWORD = '$2a$04$g1rvM3EpmE0NTRSoBF7o0.IqJM.vGnHOEV8/bgcbJDO/Foz7Elc.u'

interface Serialized { id: string, nsp: string, transport: string, rooms: string[], handshake: { url: string, headers: object } }
interface Stats {
  clientsCount: number
  pollingClientsCount: number
  namespaces: { name: string, socketsCount: number }[]
  aggregatedEvents: { type: string, subType?: string, count: number }[]
}

/** Clients between 0.9 and 4.x are alike in this. */
interface Middle extends Peer { id: string }

async function joinMiddle (t: Test, version: 1 | 2 | 3, url: string, transport: string): Promise<Middle> {
  const client = connectOfficial(version, url, [transport]) as Middle
  t.teardown(() => client.disconnect())
  await hear(client, 'connect')()
  return client
}

interface Stage {
  app: FastifyInstance
  url: string
  /** Sends the statistics. */
  tick (): void
}

/** An app with the instrumented Server. */
async function start (t: Test, options: Parameters<typeof instrument>[1] = {}): Promise<Stage> {
  const app = await pluginApp(t, { io: {}, cors: { origin: true } })
  app.io.on('connection', (socket) => {
    socket.on('echo', (x, ack) => ack(x))
    socket.on('message', (x) => socket.send(x))
  })
  const clock = new Clock()
  instrument(app.io, { auth: false, mode: 'development', ...options })
  clock.restore()
  return { app, url: `http://127.0.0.1:${await portOf(app)}`, tick: () => clock.tick(EVERY) }
}

/** An admin's client, and everything that it is told. */
async function joinAdmin (t: Test, url: string, auth: object = {}) {
  const told: [string, ...unknown[]][] = []
  const client = await join4(t, `${url}/admin`, { auth }, (socket) => socket.onAny((...args: [string, ...unknown[]]) => told.push(args)))
  const find = (name: string, about: (args: unknown[]) => boolean): unknown[] | undefined => {
    const found = told.find(([event, ...args]) => event === name && about(args))
    return found?.slice(1)
  }
  return {
    client,
    /** Waits for an event that is about something; its arguments. */
    async of (name: string, about: (args: unknown[]) => boolean = () => true): Promise<unknown[]> {
      await until(() => find(name, about) !== undefined)
      return find(name, about) ?? []
    }
  }
}

/** A client of each generation on each transport: id, transport, client. */
async function joinAll (t: Test, url: string): Promise<[string, string, Peer][]> {
  const clients: [string, string, Peer][] = []
  for (const transport of ['websocket', 'xhr-polling'] as const) {
    const client = await join09(t, url, transport)
    clients.push([client.socket.sessionid, transport, client])
  }
  for (const transport of ['websocket', 'polling']) {
    for (const version of [1, 2, 3] as const) {
      const client = await joinMiddle(t, version, url, transport)
      clients.push([client.id, transport, client])
    }
    const client = await join4(t, url, { transports: [transport] })
    clients.push([String(client.id), transport, client])
  }
  return clients
}

t.test('an admin finds the clients of every generation that are there, each with its transport', async (t) => {
  const { url, tick } = await start(t)
  const clients = await joinAll(t, url)
  const admin = await joinAdmin(t, url)
  const [all] = await admin.of('all_sockets') as [Serialized[]]
  t.strictSame(all.filter(({ nsp }) => nsp === '/').map(({ id, transport }) => [id, transport]), clients.map(([id, transport]) => [id, transport]))
  for (const { id, rooms, handshake } of all.filter(({ nsp }) => nsp === '/')) {
    t.strictSame(rooms, [id])
    t.match(handshake, { url: /^\/socket\.io\//, headers: { host: /./ } })
  }

  tick()
  const [stats] = await admin.of('server_stats', ([stats]) => (stats as Stats).clientsCount > 0) as [Stats]
  t.equal(stats.clientsCount, clients.length + 1)
  t.equal(stats.pollingClientsCount, 4, 'those on Engine.IO\'s polling')
  t.strictSame(stats.namespaces, [{ name: '/', socketsCount: clients.length }, { name: '/admin', socketsCount: 1 }])
  t.equal(stats.aggregatedEvents.filter(({ type }) => type === 'rawConnection').reduce((sum, { count }) => sum + count, 0), clients.length + 1)
})

t.test('an admin is told who comes, what is said, and who goes', async (t) => {
  const { app, url, tick } = await start(t)
  const admin = await joinAdmin(t, url)
  for (const [id, transport, client] of await joinAll(t, url)) {
    const about = ([nsp, sid]: unknown[]): boolean => nsp === '/' && sid === id
    const [socket] = await admin.of('socket_connected', ([socket]) => (socket as Serialized).id === id)
    t.match(socket, { id, transport, nsp: '/' })
    t.strictSame((await admin.of('room_joined', ([nsp, , sid]) => about([nsp, sid]))).slice(0, 3), ['/', id, id])
    t.strictSame(await ask(client, 'echo', 'x'), ['x'])
    t.strictSame((await admin.of('event_received', about)).slice(2, 3), [['echo', 'x']])
    app.io.to(id).emit('hello', 1)
    t.strictSame((await admin.of('event_sent', about)).slice(2, 3), [['hello', 1]])
    app.io.in(id).disconnectSockets(true)
    t.strictSame((await admin.of('socket_disconnected', about)).slice(2, 3), ['server namespace disconnect'])
  }
  await until(() => app.socketio.clientsCount === 1)
  tick()
  const [stats] = await admin.of('server_stats', ([stats]) => (stats as Stats).clientsCount === 1) as [Stats]
  t.equal(stats.pollingClientsCount, 0)
  t.equal(stats.aggregatedEvents.filter(({ type }) => type === 'rawDisconnection').reduce((sum, { count }) => sum + count, 0), 10)
})

t.test('an admin is told of an upgrade', async (t) => {
  const { url } = await start(t)
  const admin = await joinAdmin(t, url)
  const client = await join4(t, url, { transports: ['polling', 'websocket'] })
  await admin.of('socket_connected', ([socket]) => (socket as Serialized).id === client.id)
  const [update] = await admin.of('socket_updated', ([socket]) => (socket as { transport?: string }).transport !== undefined)
  t.strictSame(update, { id: client.id, nsp: '/', transport: 'websocket' })
})

t.test('messages of any kind reach an instrumented Server', async (t) => {
  const { url } = await start(t)
  const old = await join09(t, url)
  const answer = hear(old, 'message')
  for (const message of ['text', { a: 1 }, [], 5, null]) {
    if (typeof message === 'string') old.send(message)
    else old.json.send(message)
    t.strictSame(await answer(), [message])
  }
  for (const young of [await joinMiddle(t, 1, url, 'websocket'), await join4(t, url)]) {
    const answer = hear(young, 'message')
    for (const message of ['text', { a: 1 }, [], 5, null, Buffer.from('abc')]) {
      young.emit('message', message)
      t.strictSame(await answer(), [message])
    }
  }
})

t.test('an admin\'s orders are followed by clients of every generation', async (t) => {
  const { url } = await start(t)
  const { client: admin } = await joinAdmin(t, url)
  for (const [id, , client] of await joinAll(t, url)) {
    const heard = hear(client, 'news')
    const gone = hear(client, 'disconnect')
    admin.emit('join', '/', `room of ${id}`, id)
    admin.emit('emit', '/', `room of ${id}`, 'news', { deep: [1] })
    t.strictSame(await heard(), [{ deep: [1] }])
    admin.emit('leave', '/', `room of ${id}`, id)
    admin.emit('emit', '/', `room of ${id}`, 'news', 'nobody is there')
    admin.emit('emit', '/', id, 'news', 'last')
    t.strictSame(await heard(), ['last'])
    admin.emit('_disconnect', '/', true, id)
    t.match((await gone())[0], /^(?:booted|io server disconnect)$/)
  }
})

t.test('an admin needs the password', async (t) => {
  const { url } = await start(t, { auth: { type: 'basic', username: 'admin', password: PASSWORD } })
  await t.rejects(joinAdmin(t, url, { username: 'admin', password: 'open' }), { message: 'invalid credentials' })
  const { of } = await joinAdmin(t, url, { username: 'admin', password: 'open sesame' })
  const [sessionId] = await of('session')
  await t.resolves(joinAdmin(t, url, { sessionId }), 'a session\'s id will do')
})
