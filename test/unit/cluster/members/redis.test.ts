import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import t from 'tap'
import { commandOf } from '../../../../src/cluster/members/redis-client.js'
import { RedisMembers } from '../../../../src/cluster/members/redis.js'
import { turn } from '../../../kit/waiting.js'
import { startMembers } from './harness.js'

/** A Redis without a network, whose keys do not expire. */
class FakeRedis {
  readonly values = new Map<string, string>()
  readonly index = new Set<string>()
  readonly sent: string[] = []
  failure: Error | undefined
  hangs = false

  readonly command = async (...[name, key, ...args]: [string, string, ...string[]]): Promise<unknown> => {
    this.sent.push([name, key, ...args].join(' '))
    if (this.failure !== undefined) throw this.failure
    if (this.hangs) return new Promise(() => {})
    const [value = ''] = args
    switch (name) {
      case 'SET': this.values.set(key, value); return 'OK'
      case 'GET': return this.values.get(key) ?? null
      case 'DEL': return this.values.delete(key) ? 1 : 0
      case 'SADD': this.index.add(value); return 1
      case 'SREM': return this.index.delete(value) ? 1 : 0
      case 'SMEMBERS': return [...this.index]
      default: return 1
    }
  }

  add (tag: string, value: string): void {
    this.index.add(tag)
    this.values.set(`app:node:${tag}`, value)
  }
}

const SELF = { tag: 'node-one', address: { host: '10.0.0.1', port: 7070 }, sessions: 0 }

t.test('a node writes a key that expires, and reads those of the others', async (t) => {
  const redis = new FakeRedis()
  redis.add('node-two', '{"host":"10.0.0.2","port":7071,"state":"draining","sessions":3}')
  const members = new RedisMembers(redis.command, 'app')
  const { started, last, clock, self } = startMembers(t, members)
  await started
  t.same(redis.sent.slice(0, 4), [
    'SET app:node:node-one {"host":"10.0.0.1","port":7070,"state":"serving","sessions":0} PX 10000',
    'SADD app:nodes node-one', 'PEXPIRE app:nodes 10000', 'SMEMBERS app:nodes'
  ])
  t.same(last(), [{ tag: 'node-two', address: { host: '10.0.0.2', port: 7071 }, sessions: 3 }, SELF])

  self.sessions = 5
  await clock.tick(3000)
  t.match(redis.values.get('app:node:node-one'), '"sessions":5', 'it is renewed each 3 s')
  self.state = 'draining'
  members.announce()
  await turn()
  t.match(redis.values.get('app:node:node-one'), '"state":"draining"', 'a new state is told at once')

  await members.stop()
  t.same([...redis.values.keys()], ['app:node:node-two'])
  t.same([...redis.index], ['node-two'])
})

t.test('a node whose key has expired is removed from the index; values that no node has written are no members', async (t) => {
  const redis = new FakeRedis()
  redis.index.add('expired-')
  const values = ['', 'null', '[]', '{', '{"host":"10.0.0.9"}', '{"host":"","port":1}', '{"host":"a","port":0}', '{"host":"a","port":65536}', '{"host":"a","port":"1"}', '{"host":1,"port":1}']
  for (const [i, value] of values.entries()) redis.add(`wrong-${i}--`, value)
  const { started, last, logged } = startMembers(t, new RedisMembers(redis.command, 'app'))
  await started
  t.same(last(), [SELF])
  t.equal(redis.index.has('expired-'), false)
  t.equal(redis.index.has('wrong-0--'), true)
  t.same(logged(), [])
})

t.test('when Redis fails, nothing is told; when it is back without its data, the node is in it again', async (t) => {
  const redis = new FakeRedis()
  const members = new RedisMembers(redis.command, 'app')
  const { started, seen, clock, logged } = startMembers(t, members)
  await started
  t.equal(members.isCurrent, true)
  redis.failure = new Error('ECONNREFUSED')
  await clock.tick(30_000)
  t.equal(members.isCurrent, false)
  t.equal(seen.length, 1)
  t.equal(logged().length, 1)
  redis.values.clear()
  redis.index.clear()
  redis.failure = undefined
  await clock.tick(3000)
  t.equal(members.isCurrent, true)
  t.same(seen.at(-1), [SELF])
  t.equal(logged().length, 2)
})

t.test('commands do not pile up in a client that hangs, and a node leaves within 300 ms', async (t) => {
  const redis = new FakeRedis()
  const members = new RedisMembers(redis.command, 'app')
  const { started, clock } = startMembers(t, members)
  await started
  redis.hangs = true
  await clock.tick(3000)
  const { length } = redis.sent
  await clock.tick(60_000)
  members.announce()
  t.equal(redis.sent.length, length)
  t.equal(members.isCurrent, false)
  let hasLeft = false
  members.stop().then(() => { hasLeft = true })
  await clock.tick(299)
  t.equal(hasLeft, false)
  await clock.tick(1)
  t.equal(hasLeft, true)
  t.equal(clock.timers, 0)
})

t.test('a node that leaves while it looks is not written again', async (t) => {
  const redis = new FakeRedis()
  const members = new RedisMembers(redis.command, 'app')
  redis.index.add('expired-')
  const { started, seen } = startMembers(t, members)
  await members.stop()
  await started
  t.same([...redis.values.keys()], [])
  t.same(seen, [])
  t.notOk(redis.index.has('node-one'))
})

t.test('replies of every client and protocol are read', async (t) => {
  const replies: Record<string, unknown> = { SMEMBERS: new Set([Buffer.from('node-two')]), GET: Buffer.from('{"host":"10.0.0.2","port":7071}') }
  const { started, last } = startMembers(t, new RedisMembers(async (name) => replies[name], 'app'))
  await started
  t.same(last(), [{ tag: 'node-two', address: { host: '10.0.0.2', port: 7071 } }])
})

t.test('clients are recognised by their shape', async (t) => {
  const sent: unknown[] = []
  const send = async (...args: unknown[]): Promise<unknown> => sent.push(args)
  await commandOf({ call: send, sendCommand: () => t.fail('ioredis has another sendCommand') })?.('SET', 'key', 'value')
  await commandOf({ sendCommand: send })?.('SET', 'key', 'value')
  await commandOf({ sendCommand: send, masters: [] })?.('SET', 'key', 'value')
  await commandOf({ sendCommand: send, getSentinelNode () {} })?.('SET', 'key', 'value')
  t.same(sent, [['SET', 'key', 'value'], [['SET', 'key', 'value']], ['key', false, ['SET', 'key', 'value']], [false, ['SET', 'key', 'value']]])
  for (const client of [createCluster({ rootNodes: [] }), createSentinel({ name: 'app', sentinelRootNodes: [] }), createClientPool(), createClient()]) {
    const { sendCommand } = client
    const called: unknown[] = []
    Object.defineProperty(client, 'sendCommand', { value: (...args: unknown[]) => called.push(args) })
    await commandOf(client)?.('GET', 'key')
    t.same(called.flat().find(Array.isArray), ['GET', 'key'])
    t.equal(called.flat().findIndex(Array.isArray), sendCommand.length - 2, 'the arguments are where this client expects them, before its own options')
  }
  for (const other of [undefined, null, 'redis://localhost', {}, { sendCommand: true }]) t.equal(commandOf(other), undefined)
})
