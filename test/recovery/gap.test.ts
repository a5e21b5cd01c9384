// What is said while a session is being restored, and while a node reads the stream late.
import t from 'tap'
import type { Test } from 'tap'
import { hear } from '../kit/official-clients.js'
import { turns, until } from '../kit/waiting.js'
import { FakeRedis } from './fake-redis.js'
import { Door, joinServer, Listening, startServer } from './servers.js'
import type { StartOptions } from './servers.js'

/** Two servers; the second may read late. A client of the first has lost its connection and has missed 1. */
async function setUp (t: Test, options: StartOptions = {}) {
  const redis = new FakeRedis()
  const [one, two] = await Promise.all([startServer(t, redis, options), startServer(t, redis, options)])
  const lost = await joinServer(t, one, [two])
  const { auth } = lost
  const [socket] = [...one.io.sockets.sockets.values()].filter(({ id }) => id === lost.client.id)
  const saves = redis.count.set ?? 0
  lost.client.io.engine.close()
  await until(() => socket?.connected === false && (redis.count.set ?? 0) > saves)
  const witness = await Listening.join(t, two)
  one.io.emit('n', 1)
  await until(() => witness.heard.includes(1))
  return { redis, one, two, auth, witness }
}

/** What a client hears if an event comes after its missed events have been read, and before it is connected. */
async function sayInTheGap (t: Test, options: StartOptions): Promise<unknown[]> {
  const { redis, one, two, auth, witness } = await setUp(t, options)
  redis.onEnd = async () => {
    redis.onEnd = async () => {}
    one.io.emit('n', 2)
    two.io.emit('n', 3)
    one.io.to('elsewhere').emit('n', 'not for it')
    await until(() => witness.heard.includes(3) && witness.heard.includes(2))
  }
  const back = await Listening.join(t, two, auth)
  one.io.emit('n', 4)
  await until(() => back.heard.includes(4))
  t.equal(Reflect.get(back.client, '_pid'), auth.pid, 'it is recovered')
  return back.heard
}

t.test('events between the reading of what was missed and the connection arrive, once and in order', async (t) => {
  t.strictSame(await sayInTheGap(t, {}), [1, 2, 3, 4])
  t.comment(`the official adapter: ${JSON.stringify(await sayInTheGap(t, { isOfficial: true }))}`)
})

t.test('a middleware that takes time makes no gap', async (t) => {
  const { one, two, auth, witness } = await setUp(t, { recovery: { skipMiddlewares: false } })
  two.io.use((_socket, next) => {
    one.io.emit('n', 2)
    until(() => witness.heard.includes(2)).then(() => next(), next)
  })
  const back = await Listening.join(t, two, auth)
  one.io.emit('n', 3)
  await until(() => back.heard.includes(3))
  t.strictSame(back.heard, [1, 2, 3])
})

t.test('a node that reads late does not send again what a recovered client has had', async (t) => {
  const redis = new FakeRedis()
  const door = new Door()
  const [one, two] = await Promise.all([startServer(t, redis), startServer(t, redis, { lag: door.wait })])
  const lost = await joinServer(t, one, [two])
  door.close()
  one.io.emit('n', 1)
  await until(() => lost.heard.includes(1))
  const { auth } = lost
  lost.client.io.engine.close()
  await hear(lost.client, 'disconnect')
  one.io.emit('n', 2)
  const back = await Listening.join(t, two, auth)
  t.strictSame(back.heard, [2])
  door.open()
  one.io.emit('n', 3)
  await until(() => back.heard.includes(3))
  t.strictSame(back.heard, [2, 3])
})

t.test('events of this node have their place in the order of the stream', async (t) => {
  const redis = new FakeRedis()
  const door = new Door()
  const [one, two] = await Promise.all([startServer(t, redis), startServer(t, redis, { lag: door.wait })])
  const here = await joinServer(t, two, [one])
  const there = await Listening.join(t, one)
  door.close()
  one.io.emit('n', 1)
  await until(() => there.heard.includes(1))
  two.io.emit('n', 2)
  await until(() => there.heard.includes(2))
  door.open()
  await until(() => here.heard.includes(2))
  t.strictSame(here.heard, [1, 2])
})

t.test('with an acknowledgement or volatile, an event keeps its place, is not doubled, and does not spoil the offset', async (t) => {
  const redis = new FakeRedis()
  const [one, two] = await Promise.all([startServer(t, redis), startServer(t, redis)])
  const one4 = await joinServer(t, one, [two])
  const { client } = one4
  const heard: unknown[] = []
  for (const name of ['n', 'question', 'volatile', 'local']) {
    client.on(name, (arg: unknown, ...args: unknown[]) => {
      heard.push(name === 'n' ? arg : name)
      const ack = args.at(-1)
      if (typeof ack === 'function') ack('answer')
    })
  }
  const socket = one.io.sockets.sockets.get(String(client.id))
  socket?.emit('n', 1)
  const answered = socket?.emitWithAck('question', 'text')
  socket?.emit('n', 2)
  one.io.volatile.emit('volatile', 'text')
  t.equal(await answered, 'answer')
  await until(() => heard.includes('volatile'))
  one.io.local.emit('local', 'text')
  await until(() => heard.includes('local'))
  t.strictSame(heard, [1, 'question', 2, 'volatile', 'local'])

  client.io.engine.close()
  two.io.emit('n', 3)
  const back = hear(client, 'connect')
  Object.assign(client.io, { uri: two.url })
  client.connect()
  await back()
  t.equal(client.recovered, true)
  two.io.emit('n', 4)
  await until(() => heard.includes(4))
  t.strictSame(heard, [1, 'question', 2, 'volatile', 'local', 3, 4])
})

t.test('binary events are held, too', async (t) => {
  const { redis, one, two, auth } = await setUp(t)
  redis.onEnd = async () => {
    redis.onEnd = async () => {}
    one.io.emit('n', Buffer.from('in the gap'))
    await turns(50)
  }
  const back = await Listening.join(t, two, auth)
  await until(() => back.heard.length === 2)
  t.strictSame(back.heard, [1, Buffer.from('in the gap')])
})
