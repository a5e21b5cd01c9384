// The official adapters that connect nodes by a Redis, between two processes.
import { randomUUID } from 'node:crypto'
import { createClient } from 'redis'
import t from 'tap'
import type { Test } from 'tap'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { ask, hear, join09, join4 } from '../kit/official-clients.js'
import { acquaint, startNode, startNodes, togetherSuite, waitForRoom } from './two-nodes.js'
import { delayed } from '../kit/network/delay-line.js'

const origin = (port: number): string => `http://127.0.0.1:${port}`

/** Arguments for nodes that share a Redis with each other, and with no other nodes. Nothing of them is left in it. */
function newScope (t: Test, url: string): readonly [url: string, prefix: string] {
  const prefix = `test-${randomUUID()}`
  t.teardown(async () => {
    const client = await createClient({ url }).connect()
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) if (keys.length > 0) await client.del(keys)
    client.destroy()
  })
  return [url, prefix]
}

t.test('nodes that share a Redis', { skip }, async (t) => {
  const url = await redisUrl(t)
  for (const name of ['redis', 'sharded redis', 'redis streams'] as const) togetherSuite(t, name, newScope(t, url))

  t.test('with redis streams, a 4.x client that loses its node recovers on the other one, where a 0.9 client is', async (t) => {
    await recovery(t, newScope(t, url))
  })

  t.test('with an adapter that adds no offsets, a 0.9 client hears all arguments of a Server with recovery', async (t) => {
    const old = await join09(t, origin(await startNode(t, 'redis', ...newScope(t, url), 'recovery')))
    const said = hear(old, 'said')
    await ask(old, 'join', 'attic')
    old.emit('say', 'attic', 'a', 'b')
    t.strictSame(await said(), ['a', 'b'])
  })
})

async function recovery (t: Test, scope: readonly string[]): Promise<void> {
  const [one, two] = await startNodes(t, 'redis streams', ...scope, 'recovery')
  const line = await delayed(t, one, 0)
  const young = await join4(t, line.url)
  const old = await join09(t, origin(two))
  await Promise.all([acquaint(old, young), acquaint(young, old)])
  for (const client of [old, young]) await ask(client, 'join', 'attic')
  const { id } = young
  const [heardByOld, heard] = [hear(old, 'said'), hear(young, 'said')]
  const gone = hear(young, 'disconnect')

  old.emit('say', 'attic', 'first')
  t.match(await heard(), ['first', /^\d+-\d+$/], 'an offset is its last argument')
  line.cut()
  await gone()
  await waitForRoom(old, 'attic', 1)
  old.emit('say', 'attic', 'missed', { deep: [1] })
  old.emit('bytes', 'attic')
  old.emit('say', 'cellar', 'not for it')
  const expected = [['first'], ['missed', { deep: [1] }], [{ bytes: { base64: true, data: 'YWJj' } }]]
  for (const args of expected) t.strictSame(await heardByOld(), args, 'no offset for the old client')
  old.emit('say here', 'attic', 'on this', 'node')
  t.strictSame(await heardByOld(), ['on this', 'node'], 'where the adapter adds no offset, none is taken off')

  line.mend(two)
  const back = hear(young, 'connect')
  young.connect()
  await back()
  t.equal(young.recovered, true)
  t.equal(young.id, id)
  t.match(await heard(), ['missed', { deep: [1] }, String])
  t.match(await heard(), [{ bytes: Buffer.from('abc') }, String])
  t.strictSame(await ask(young, 'name'), await ask(old, 'name'), 'on the other node')
  old.emit('say', 'attic', 'again')
  t.match(await heard(), ['again', String])
  t.strictSame(await heardByOld(), ['again'])
}
