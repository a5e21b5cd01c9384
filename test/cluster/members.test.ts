// Nodes find each other: by a real Redis, to which things happen, by a list, by DNS.
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import t from 'tap'
import type { Test } from 'tap'
import { ownRedis, skipOwn as skip } from '../kit/machine/redis.js'
import { freePort } from '../kit/machine/free-port.js'
import { areLinked, startNode } from '../kit/cluster/start-nodes.js'
import type { StartedNode } from '../kit/cluster/start-nodes.js'
import { until } from '../kit/waiting.js'
import type { RedisClient } from '../../types/cluster.js'

type Connect = (t: Test, url: string) => Promise<RedisClient>

async function connectRedis (t: Test, url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: 50 } })
  client.on('error', () => {})
  await client.connect()
  t.teardown(() => client.destroy())
  return client
}

/** The clients of both packages, which connect again when they have lost Redis. */
const CLIENTS: Readonly<Record<string, Connect>> = {
  redis: connectRedis,
  async ioredis (t, url) {
    const client = new Redis(url, { retryStrategy: () => 50 })
    client.on('error', () => {})
    t.teardown(() => client.disconnect())
    return client
  }
}

const LOOPBACK = { host: '127.0.0.1' }
const LOST = 'the members of the cluster cannot be read: nodes that are linked go on, new nodes are not seen until it works again'
const lost = (node: StartedNode): string[] => node.warnings().filter((line) => line === LOST)
const isCurrent = ({ cluster }: StartedNode): boolean => cluster.isCurrent

// They wait for renewals most of the time.
t.jobs = 3

for (const [name, connect] of Object.entries(CLIENTS)) {
  t.test(`Redis, with the package ${name}`, { skip, buffered: true }, async (t) => {
    const redis = await ownRedis(t)
    const keys = await connectRedis(t, redis.url)
    const join = async (more = {}): Promise<StartedNode> => startNode(t, { redis: await connect(t, redis.url), listen: LOOPBACK, ...more })
    const members = async (): Promise<string[]> => (await keys.keys('socketio:node:*')).map((key) => key.slice(-8)).sort()

    const [one, two] = [await join(), await join()]
    const running = [one, two]
    const tags = running.map(({ cluster: { tag } }) => tag).sort()
    await t.test('nodes are linked when they have started', async (t) => {
      await until(() => areLinked(running))
      t.same(await members(), tags)
      t.ok(await keys.pTTL(`socketio:node:${tags[0]}`) > 5000)
      t.ok(await keys.pTTL('socketio:nodes') > 5000)
      t.ok(running.every(isCurrent))
    })

    await t.test('nodes of another prefix are others', async (t) => {
      const other = await join({ prefix: 'other' })
      t.same(other.linked(), [])
      t.equal(other.cluster.nodes.length, 1)
      await other.cluster.stop()
      t.same(await keys.keys('other:*'), [], 'nothing is left')
    })

    await t.test('a flushed Redis has all nodes again within 3 s, and no link is lost', async (t) => {
      await keys.flushAll()
      await until(() => areLinked(running))
      for (let found: string[] = []; found.length < 2;) found = await members()
      t.same(await members(), tags)
      t.ok(areLinked(running))
      t.same(running.flatMap(lost), [])
    })

    await t.test('a Redis that is stopped and started again, empty', async (t) => {
      await redis.kill()
      await until(() => !running.some(isCurrent))
      t.ok(areLinked(running), 'the nodes go on')
      await redis.restart()
      await until(() => running.every(isCurrent))
      t.ok(areLinked(running))
      t.same(await members(), tags)
      t.same(running.map((node) => lost(node).length), [1, 1], 'it is logged once')
    })

    await t.test('a Redis that does not answer', async (t) => {
      redis.pause()
      t.teardown(() => redis.resume())
      await until(() => !running.some(isCurrent))
      t.ok(areLinked(running))
      redis.resume()
      await until(() => running.every(isCurrent))
      t.same(running.map((node) => lost(node).length), [2, 2])
    })

    await t.test('a node that stops leaves at once', async (t) => {
      const three = await join()
      await until(() => areLinked([...running, three]))
      await three.cluster.stop()
      t.same(await members(), tags)
      t.equal(await keys.sIsMember('socketio:nodes', three.cluster.tag), 0)
      await until(() => areLinked(running))
    })
  })
}

t.test('a node that starts while Redis is down is alone, and joins when it is back', { skip, buffered: true }, async (t) => {
  const redis = await ownRedis(t)
  const one = await startNode(t, { redis: await connectRedis(t, redis.url), listen: LOOPBACK })
  let isDown = true
  const client = await connectRedis(t, redis.url)
  const late = { sendCommand: async (args: string[]) => isDown ? Promise.reject(new Error('The client is closed')) : client.sendCommand(args) }
  const two = await startNode(t, { redis: late, listen: LOOPBACK })
  t.equal(two.cluster.isCurrent, false)
  t.equal(lost(two).length, 1)
  t.same(two.linked(), [])
  isDown = false
  await until(() => areLinked([one, two]))
  t.equal(two.cluster.isCurrent, true)
})

t.test('a fixed list', async (t) => {
  const ports = [await freePort(), await freePort(), await freePort()]
  const peers = ports.map((port) => `127.0.0.1:${port}`)
  const join = (port: number | undefined): Promise<StartedNode> => startNode(t, { peers, listen: { ...LOOPBACK, ...(port !== undefined && { port }) } })
  const [one, two] = [await join(ports[0]), await join(ports[1])]
  await until(() => areLinked([one, two]))
  const three = await join(ports[2])
  await until(() => areLinked([one, two, three]))
  t.notOk(one.warnings().some((line) => line.includes('members')))

  await t.test('a process that takes the place of another one has another tag', async (t) => {
    await three.cluster.stop()
    await until(() => one.linked().length === 1)
    const successor = await join(ports[2])
    await until(() => areLinked([one, two, successor]))
    t.not(successor.cluster.tag, three.cluster.tag)
  })
})

t.test('nodes that are in no list of the others are linked back', async (t) => {
  const [port, other] = [await freePort(), await freePort()]
  const one = await startNode(t, { peers: [], listen: { ...LOOPBACK, port } })
  const two = await startNode(t, { peers: [`localhost:${port}`], listen: { ...LOOPBACK, port: other } })
  await until(() => areLinked([one, two]))
})

t.test('DNS', async (t) => {
  const port = await freePort()
  const node = await startNode(t, { dns: 'localhost', listen: { ...LOOPBACK, port } })
  t.equal(node.cluster.isCurrent, true)
  t.same(node.cluster.nodes.map(({ tag }) => tag), [node.cluster.tag], 'the name has the address of this node, which is not linked')
})

t.test('a node that cannot listen does not start', async (t) => {
  const port = await freePort()
  await startNode(t, { peers: [], listen: { ...LOOPBACK, port } })
  await t.rejects(startNode(t, { peers: [], listen: { ...LOOPBACK, port } }), { code: 'EADDRINUSE' })
})
