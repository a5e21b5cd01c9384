// `npm run cluster-demo`: three nodes behind a proxy answer as one server, and a node that is killed comes back.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { io } from 'socket.io-client'
import t from 'tap'
import { eventually } from '../kit/cluster/processes.js'
import { redisUrl, skip } from '../kit/machine/redis.js'

interface Ready { tag: string, nodes: unknown[] }

t.test('the demo of several nodes', { skip }, async (t) => {
  const env = { ...process.env, NODE_OPTIONS: '', REDIS_URL: await redisUrl(t) }
  const demo = spawn(process.execPath, ['examples/start.js', 'cluster', '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => demo.kill('SIGTERM'))
  const lines: string[] = []
  createInterface(demo.stdout).on('line', (line) => lines.push(line))
  const found = (expected: RegExp): string | undefined => lines.map((line) => expected.exec(line)?.[1]).find((text) => text !== undefined)
  const printed = async (expected: RegExp): Promise<string> => {
    await eventually(async () => found(expected) !== undefined)
    return found(expected) ?? ''
  }

  const url = await printed(/^listening on (\S+)$/)
  const ready = async (): Promise<Ready> => await fetch(`${url}/ready`).then((answer) => answer.json()) as Ready
  /** The tags of the nodes that answer the next six requests. */
  const answering = async (): Promise<Set<string>> => {
    const tags = new Set<string>()
    for (let i = 0; i < 6; i++) tags.add((await ready()).tag)
    return tags
  }
  await eventually(async () => (await ready()).nodes.length === 3)
  const before = await answering()
  t.equal(before.size, 3, 'each node answers')
  t.match(await (await fetch(url)).text(), /<title>Every Socket\.IO client/)

  const socket = io(url, { transports: ['polling'] })
  t.teardown(() => socket.close())
  t.equal(await socket.emitWithAck('echo', 'over three nodes'), 'over three nodes')

  process.kill(Number(await printed(/kill -9 (\d+)/)), 'SIGKILL')
  await printed(/^(node 2) has ended by SIGKILL/)
  await printed(/^(node 2) is back/)
  const after = await answering()
  t.equal(after.size, 3, 'three nodes answer again')
  t.equal([...after].filter((tag) => !before.has(tag)).length, 1, 'one of them is new')
  t.equal(await socket.timeout(10_000).emitWithAck('echo', 'still here'), 'still here')

  socket.close()
  demo.kill('SIGTERM')
  t.strictSame(await once(demo, 'exit'), [0, null])
})
