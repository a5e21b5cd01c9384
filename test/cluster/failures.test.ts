// What clients see when a node is killed, stopped, cut off, drained or replaced: real processes, and every way to hold something open on a node without the session.
import t from 'tap'
import type { Test } from 'tap'
import { connected, eventually, startNode, startPeers } from '../kit/cluster/processes.js'
import type { NodeProcess } from '../kit/cluster/processes.js'
import { askWhole } from '../kit/engine-io/http-endpoint.js'
import { redisUrl, skip as noRedis } from '../kit/machine/redis.js'
import { freezingProxy } from '../kit/network/freezing-proxy.js'
import type { FreezingProxy } from '../kit/network/freezing-proxy.js'
import { handshakeAt, Revision1Client } from '../kit/revision-1/client.js'
import { openWebSocket } from '../kit/websocket.js'

t.jobs = 3 // they wait most of the time

/** Longest time until a silent node is noticed, ms: 3 s of silence, and a second for a busy machine. */
const NOTICED = 4500
const UNKNOWN = { code: 1, message: 'Session ID unknown' }

/** A session of a polling client of Engine.IO 4, whose requests go where the test says. */
class EngineSession {
  readonly sid: string

  constructor (sid: string) {
    this.sid = sid
  }

  static async open ({ url }: NodeProcess): Promise<EngineSession> {
    const { body } = await askWhole(`${url}/socket.io/?EIO=4&transport=polling`)
    return new EngineSession((JSON.parse(body.slice(1)) as { sid: string }).sid)
  }

  #url ({ url }: NodeProcess, transport = 'polling'): string { return `${url}/socket.io/?EIO=4&transport=${transport}&sid=${this.sid}` }
  get (node: NodeProcess) { return askWhole(this.#url(node)) }
  post (node: NodeProcess, body: string) { return askWhole(this.#url(node), { method: 'POST', body }) }

  /** Joins the namespace `/`. */
  async join (node: NodeProcess): Promise<void> {
    await this.post(node, '40')
    await this.get(node)
  }

  async upgrade (node: NodeProcess) {
    const parked = this.get(node)
    const wire = await openWebSocket(this.#url(node, 'websocket'))
    wire.send('2probe')
    await wire.next()
    await parked
    wire.send('5')
    return wire
  }
}

/** Everything that clients can hold open at `edge` for sessions of `owner`. Returns what becomes of each. */
async function holdAll (t: Test, owner: NodeProcess, edge: NodeProcess) {
  const polling = await EngineSession.open(owner)
  await polling.join(edge)
  const poll = polling.get(edge)
  const moving = await EngineSession.open(owner)
  await moving.join(edge)
  const wire = await moving.upgrade(edge)
  const old = async (name: 'xhr-polling' | 'htmlfile' | 'websocket'): Promise<Revision1Client> => {
    const client = new Revision1Client(edge.port, name, await handshakeAt(owner.port))
    t.teardown(() => client.close())
    if (await client.next() !== '1::') throw new Error('not connected')
    return client
  }
  const [xhr, frame, socket] = [await old('xhr-polling'), await old('htmlfile'), await old('websocket')]
  const held = xhr.hold()
  await eventually(async () => (await owner.report()).sessions === 5)
  return {
    polling,
    wire,
    ends: async () => ({
      poll: await poll.then(({ status, body }) => [status, body]),
      wire: await wire.closed,
      xhr: [await held.next(), (await held.ended).whole],
      frame: [await frame.next(), (await frame.held?.ended)?.whole],
      socket: (await socket.held?.ended)?.code
    })
  }
}

/** What clients of a lost node see. */
const LOST = { poll: [400, JSON.stringify(UNKNOWN)], wire: 1001, xhr: ['7:::1+0', true], frame: ['7:::1+0', true], socket: 1001 }

t.test('kill -9: everything that other nodes hold for the node is answered at once, and its sessions are unknown from then on', async (t) => {
  const [owner, edge, third] = await startPeers(t, 3) as [NodeProcess, NodeProcess, NodeProcess]
  const { polling, ends } = await holdAll(t, owner, edge)
  const other = await EngineSession.open(third)
  await other.join(edge)
  const untouched = other.get(edge)
  const began = performance.now()
  await owner.signal('SIGKILL')
  t.strictSame(await ends(), LOST)
  t.ok(performance.now() - began < 2000, 'at once')
  for (const node of [edge, third]) {
    t.strictSame(JSON.parse((await polling.get(node)).body), UNKNOWN)
    const { status, body } = await polling.post(node, '42["say","late"]')
    t.strictSame([status, JSON.parse(body)], [400, UNKNOWN], 'a POST is refused, not acknowledged')
  }
  third.child.send('say to all')
  t.equal((await untouched).body, '42["said"]', 'a client of two other nodes notices nothing')
  t.match((await edge.report()).metrics.refused, { 'node lost': 4 })
})

t.test('kill -9 of the node that holds the requests: the session goes on, and its next poll gets what the broken one did not', async (t) => {
  const [owner, edge] = await startPeers(t, 2) as [NodeProcess, NodeProcess]
  const polling = await EngineSession.open(owner)
  await polling.join(owner)
  const old = new Revision1Client(edge.port, 'xhr-polling', await handshakeAt(owner.port))
  t.teardown(() => old.close())
  await old.next()
  old.hold()
  const moving = await EngineSession.open(owner)
  await moving.join(edge)
  await moving.upgrade(edge)
  await eventually(async () => (await owner.report()).sessions === 3)
  await edge.signal('SIGKILL')
  await eventually(async () => (await owner.report()).sessions === 2)
  t.strictSame((await owner.report()).metrics.ended, { 'connection closed': 1 }, 'the WebSocket has closed with its node')
  owner.child.send('say to all')
  t.equal((await polling.get(owner)).body, '42["said"]')
  const again = new Revision1Client(owner.port, 'xhr-polling', old.sid)
  t.teardown(() => again.close())
  t.equal(await again.next(), '5:::{"name":"said"}')
})

t.test('SIGSTOP: a silent node is noticed in 3 seconds; when it goes on, it serves new sessions', async (t) => {
  const [owner, edge] = await startPeers(t, 2) as [NodeProcess, NodeProcess]
  const { ends } = await holdAll(t, owner, edge)
  const began = performance.now()
  await owner.signal('SIGSTOP')
  t.strictSame(await ends(), LOST)
  t.ok(performance.now() - began < NOTICED)
  await owner.signal('SIGCONT')
  await connected([owner, edge])
  const session = await EngineSession.open(owner)
  await session.join(edge)
  t.equal((await session.post(edge, '42["say","awake"]')).body, 'ok')
  t.strictSame(owner.heard(), ['awake'])
})

t.test('a network that is split: each side serves its own sessions, and refuses those of the other', async (t) => {
  const proxies: FreezingProxy[] = []
  const [left, right] = await startPeers(t, 2, {}, async (port) => {
    const proxy = await freezingProxy(t, port)
    proxies.push(proxy)
    return proxy.port
  }) as [NodeProcess, NodeProcess]
  const { polling, ends } = await holdAll(t, left, right)
  const own = await EngineSession.open(right)
  await own.join(right)
  const began = performance.now()
  for (const proxy of proxies) proxy.freeze()
  t.strictSame(await ends(), LOST)
  t.ok(performance.now() - began < NOTICED)
  t.strictSame(JSON.parse((await polling.get(right)).body), UNKNOWN)
  t.strictSame(JSON.parse((await own.get(left)).body), UNKNOWN)
  t.equal((await own.post(right, '42["say","still here"]')).body, 'ok')
  for (const proxy of proxies) proxy.thaw()
  await connected([left, right])
  t.equal((await own.post(left, '42["say","together again"]')).body, 'ok')
  t.strictSame(right.heard(), ['still here', 'together again'])
})

t.test('a node that drains: its clients on other nodes are told to leave', async (t) => {
  const [owner, edge] = await startPeers(t, 2, { drainTimeout: 1000 }) as [NodeProcess, NodeProcess]
  const { ends } = await holdAll(t, owner, edge)
  await owner.signal('SIGTERM')
  t.strictSame(await ends(), { poll: [200, '1'], wire: 1001, xhr: ['8::', true], frame: ['7:::1+0', true], socket: 1001 })
})

t.test('a rolling restart of three nodes, with new addresses: a client that keeps asking is served', { skip: noRedis }, async (t) => {
  const redis = await redisUrl(t)
  const prefix = `rolling-${process.pid}`
  const start = (): Promise<NodeProcess> => startNode(t, { redis, members: { prefix, listen: { host: '127.0.0.1' } }, options: { drainTimeout: 500 } })
  const nodes = await Promise.all([start(), start(), start()])
  await connected(nodes)
  const seen = new Set(nodes.map(({ tag }) => tag))
  let session: EngineSession | undefined
  let turn = 0
  let handshakes = 0
  /** Says something at the next node, with a new session when the old one is unknown. */
  const say = async (text: string): Promise<void> => {
    for (;;) {
      const node = nodes[turn++ % nodes.length]
      if (node === undefined) throw new Error('no node')
      if (session === undefined) {
        handshakes++
        session = await EngineSession.open(node)
        await session.join(node)
      }
      if ((await session.post(node, `42["say","${text}"]`)).body === 'ok') return
      session = undefined
    }
  }
  const before = [...nodes]
  for (let i = 0; i < 3; i++) {
    await say(`before ${i}`)
    const next = await start()
    const [leaving] = nodes.splice(0, 1)
    nodes.push(next)
    await connected(nodes)
    await leaving?.signal('SIGTERM')
    for (const each of [1, 2, 3]) await say(`after ${i} ${each}`)
    seen.add(next.tag)
  }
  t.equal(seen.size, 6, 'each process has a tag of its own')
  const heard = [...before, ...nodes].flatMap((node) => node.heard())
  t.equal(new Set(heard).size, 12)
  t.equal(heard.length, 12, 'nothing is missing, and nothing came twice')
  t.ok(handshakes <= 4, `${handshakes} handshakes`)
  const tags = nodes.map(({ tag }) => tag).sort().join()
  for (const node of nodes) await eventually(async () => (await node.report()).nodes.map(({ tag }) => tag).sort().join() === tags) // the old tags are forgotten
})
