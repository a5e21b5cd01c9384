// What of sessions is saved, and when; sessions that have two sockets for a moment.
import type { Server } from 'socket.io'
import t from 'tap'
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Adapter, ClusterAdapter, SessionAwareAdapter } from 'socket.io-adapter'
import { recoverable } from '../../src/recovery.js'
import { captureLog, pluginApp } from '../kit/servers/app.js'
import { hear, join09, next } from '../kit/official-clients.js'
import { turns, until } from '../kit/waiting.js'
import { FakeRedis } from './fake-redis.js'
import { joinServer, Listening, startServer } from './servers.js'

/** As the adapters of `redis` and `node:cluster`, which have no offsets. */
class PubSubAdapter extends ClusterAdapter {
  constructor (nsp: object) { // eslint-disable-line @typescript-eslint/no-useless-constructor
    super(nsp)
  }

  override doPublish = async (): Promise<string> => ''
  override doPublishResponse = async (): Promise<void> => {}
}

const socketsOf = ({ io }: { io: Server }): string[] => [...io.sockets.sockets.keys()]

t.test('a client that comes back while its old socket lives takes its session along, and the old socket ends', async (t) => {
  for (const where of ['another node', 'the same node'] as const) {
    const redis = new FakeRedis()
    const [one, other] = await Promise.all([startServer(t, redis), startServer(t, redis)])
    const two = where === 'another node' ? other : one
    const first = await joinServer(t, one, [other])
    const { id } = first.client
    await one.io.sockets.sockets.get(String(id))?.join('attic')
    await until(() => redis.count.set === 2)
    const gone = hear(first.client, 'disconnect')
    const second = await Listening.join(t, two, first.auth)
    t.equal((await gone())[0], 'io server disconnect', where)
    t.equal(second.client.id, id)
    t.strictSame(socketsOf(two), [id])
    if (two !== one) t.strictSame(socketsOf(one), [])
    t.strictSame([...two.io.sockets.adapter.rooms.get('attic') ?? []], [id])
    one.io.to('attic').emit('n', 1)
    await until(() => second.heard.includes(1))
    await turns(50)
    t.strictSame(second.heard, [1])

    const third = await Listening.join(t, one, second.auth)
    t.equal(third.client.id, id, 'and once more')
    await until(() => socketsOf(other).length + socketsOf(one).length === 1)
  }
})

t.test('of two connections that ask at once, one has the session', async (t) => {
  const redis = new FakeRedis()
  const [one, two] = await Promise.all([startServer(t, redis), startServer(t, redis)])
  const { auth, client } = await joinServer(t, one, [two])
  const { id } = client
  const asked = await Promise.all([one, two, two].map((started) => Listening.join(t, started, auth)))
  await until(() => [...socketsOf(one), ...socketsOf(two)].filter((sid) => sid === id).length === 1)
  await turns(50)
  t.equal(asked.filter((one) => one.client.connected && one.client.id === id).length, 1)
})

t.test('a session that was ended on purpose is not recovered', async (t) => {
  for (const end of ['client', 'server'] as const) {
    const redis = new FakeRedis()
    const one = await startServer(t, redis)
    const listening = await joinServer(t, one)
    await until(() => redis.keys.size === 1)
    const { auth, client } = listening
    if (end === 'client') client.disconnect()
    else one.io.disconnectSockets()
    await until(() => redis.keys.size === 0)
    const back = await Listening.join(t, one, auth)
    t.not(back.auth.pid, auth.pid, end)
  }
})

t.test('data is saved when it has changed, and an idle session before it expires', async (t) => {
  const redis = new FakeRedis()
  const [one, two] = await Promise.all([startServer(t, redis, { options: { saveInterval: 10 }, recovery: { maxDisconnectionDuration: 400 } }), startServer(t, redis)])
  const { client, auth } = await joinServer(t, one, [two])
  const socket = one.io.sockets.sockets.get(String(client.id))
  const saves = (): number => redis.count.set ?? 0
  const before = saves()
  Object.assign(socket?.data as object, { name: 'ada' })
  await until(() => saves() === before + 1)
  const start = performance.now()
  await until(() => saves() === before + 3)
  t.ok(performance.now() - start >= 190, 'twice in half of the time for which it is kept')
  const opened = next(two.io, 'connection') as Promise<[{ data: unknown }]>
  await Listening.join(t, two, auth)
  t.strictSame((await opened)[0].data, { name: 'ada' })
})

t.test('idle sessions cost nothing but their renewal, old clients nothing at all', async (t) => {
  const redis = new FakeRedis()
  const one = await startServer(t, redis, { options: { saveInterval: 10 }, recovery: { maxDisconnectionDuration: 60_000 } })
  await join09(t, one.url)
  await turns(50)
  t.equal(redis.count.set, undefined)
  await joinServer(t, one)
  await until(() => redis.count.set === 1)
  const { ...before } = redis.count
  const started = performance.now()
  await until(() => performance.now() - started > 100)
  t.strictSame(redis.count, before)
})

t.test('while Redis fails, the application goes on, and one line says so; then sessions are saved', async (t) => {
  const redis = new FakeRedis()
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, {}, { logger })
  const one = await startServer(t, redis, { options: { saveInterval: 10, log: app.log } })
  const { client, heard } = await joinServer(t, one)
  await until(() => redis.keys.size === 1)
  redis.keys.clear()
  redis.failureOf = (name) => name === 'set' ? new Error('no memory') : undefined
  const socket = one.io.sockets.sockets.get(String(client.id))
  const before = redis.count.set ?? 0
  await socket?.join('attic')
  await until(() => (redis.count.set ?? 0) > before + 3)
  one.io.to('attic').emit('n', 1)
  await until(() => heard.includes(1))
  t.match(lines, [{ msg: /sessions are not saved/, err: { message: 'no memory' } }])
  redis.failureOf = () => new Error('no Redis')
  one.io.to('attic').emit('n', 2)
  await until(() => heard.includes(2))
  t.equal(lines.length, 1)
  redis.failureOf = () => undefined
  await until(() => redis.keys.size === 1)
  client.disconnect()
  await until(() => redis.keys.size === 0)
})

t.test('data that cannot be saved is an error of the log, not of the application', async (t) => {
  const redis = new FakeRedis()
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, {}, { logger })
  const one = await startServer(t, redis, { options: { saveInterval: 10, log: app.log } })
  const { client } = await joinServer(t, one)
  const socket = one.io.sockets.sockets.get(String(client.id))
  const data: { self?: object } = {}
  data.self = data
  if (socket !== undefined) socket.data = data
  await until(() => lines.length > 0)
  const left = next(socket as unknown as Parameters<typeof next>[0], 'disconnect')
  client.io.engine.close()
  await left
  t.match(lines, [{ msg: /sessions are not saved/ }])
})

t.test('a server that closes saves the last state of its sessions', async (t) => {
  const redis = new FakeRedis()
  const [one, two] = await Promise.all([startServer(t, redis), startServer(t, redis)])
  const { client, auth } = await joinServer(t, one, [two])
  const socket = one.io.sockets.sockets.get(String(client.id))
  Object.assign(socket?.data as object, { name: 'ada' })
  await one.io.close()
  const opened = next(two.io, 'connection') as Promise<[{ data: unknown }]>
  await Listening.join(t, two, auth)
  t.strictSame((await opened)[0].data, { name: 'ada' })
})

t.test('wrong arguments and adapters that cannot recover are errors', async (t) => {
  const redis = new FakeRedis()
  const client = redis.client()
  const io = (adapter: unknown, recovery: object = { connectionStateRecovery: {} }) => pluginApp(t, { io: { ...recovery, adapter } as object })
  const BAD = { code: 'FST_SIO_BAD_OPTION' }
  t.throws(() => recoverable(undefined as never, createAdapter), { ...BAD, message: /"client" is undefined/ })
  t.throws(() => recoverable(client, createAdapter(client) as never), { ...BAD, message: /"createAdapter" is a function that throws .+ allowed: createAdapter of .+ itself/ })
  t.throws(() => recoverable(client, {} as never), { ...BAD, message: /"createAdapter" is/ })
  t.throws(() => recoverable(client, createAdapter, { saveInterval: 0 }), { ...BAD, message: /"saveInterval" is 0/ })
  const NOT = { code: 'FST_SIO_NOT_RECOVERABLE' }
  await t.rejects(io(recoverable(client, createAdapter), {}), { ...NOT, message: /connectionStateRecovery/ })
  const making = (AdapterClass: new (nsp: object) => object) => io(recoverable(client, () => function (nsp: object) { return new AdapterClass(nsp) }))
  await t.rejects(making(Adapter), { ...NOT, message: /\(Adapter\) cannot restore sessions; use createAdapter of @socket\.io\/redis-streams-adapter/ })
  await t.rejects(making(PubSubAdapter), { ...NOT, message: /\(PubSubAdapter\) cannot restore sessions/ })
  await t.rejects(making(SessionAwareAdapter), { ...NOT, message: /\(SessionAwareAdapter\) keeps sessions in this process/ })
})
