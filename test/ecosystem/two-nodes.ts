// Two servers in two processes, with a 0.9 client on one and a 4.x client on the other, and what all of them are to do together.
import cluster from 'node:cluster'
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:cluster'
import type { Test } from 'tap'
import type { Teardown } from '../kit/teardown.js'
import { ask, hear, join09, join4 } from '../kit/official-clients.js'
import type { Peer, Socket09, Socket4 } from '../kit/official-clients.js'
import type { AdapterName } from './node-process.js'

const NODE = fileURLToPath(new URL('node-process.ts', import.meta.url))

/** The port that a process tells, and its end with the test. */
async function portOf (t: Teardown, child: ChildProcess | Worker): Promise<number> {
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  // The cluster adapter's messages come this way, too.
  const told = new Promise<number>((resolve) => child.on('message', ({ port }: { port?: number }) => port === undefined || resolve(port)))
  return await Promise.race([told, exited.then(([code]) => { throw new Error(`the node has ended with ${String(code)}`) })])
}

/** Starts one server, as a worker of this process's cluster if the adapter needs one; its port. */
export async function startNode (t: Teardown, name: AdapterName, ...args: string[]): Promise<number> {
  if (name !== 'cluster') return await portOf(t, fork(NODE, [name, ...args]))
  cluster.setupPrimary({ exec: NODE, args: [name, ...args], serialization: 'advanced' }) // for binary
  return await portOf(t, cluster.fork())
}

/** Starts two. */
export async function startNodes (t: Teardown, name: AdapterName, ...args: string[]): Promise<readonly [number, number]> {
  return await Promise.all([startNode(t, name, ...args), startNode(t, name, ...args)])
}

/** Says something on one node until it is heard on the other: from then on, they know each other. */
export async function acquaint (from: Peer, to: Peer): Promise<void> {
  const [pid] = await ask(from, 'name')
  const heard = new Set<unknown>()
  to.on('probe', (by) => heard.add(by))
  while (!heard.has(pid)) {
    from.emit('probe')
    await pause(20)
  }
}

/** Waits until a room holds so many, on all nodes. */
export async function waitForRoom (speaker: Peer, room: string, count: number): Promise<void> {
  for (;;) {
    const [found] = await ask(speaker, 'who', room) as [unknown[]]
    if (found.length === count) return
    await pause(20)
  }
}

interface Pair { old: Socket09, young: Socket4 }

/** A 0.9 client on one node and a 4.x client on another one, in one room. */
async function startPair (t: Teardown, [one, two]: readonly [number, number], transport: 'websocket' | 'xhr-polling'): Promise<Pair> {
  const old = await join09(t, `http://127.0.0.1:${one}`, transport)
  const young = await join4(t, `http://127.0.0.1:${two}`, { transports: [transport === 'websocket' ? 'websocket' : 'polling'] })
  await Promise.all([acquaint(old, young), acquaint(young, old)])
  for (const client of [old, young]) await ask(client, 'join', 'attic')
  return { old, young }
}

/** What holds with any adapter. */
export function togetherSuite (t: Test, name: AdapterName, args: readonly string[] = []): void {
  t.test(`nodes with ${name}`, async (t) => {
    const nodes = await startNodes(t, name, ...args)
    for (const transport of ['websocket', 'xhr-polling'] as const) {
      await t.test(`a 0.9 client over ${transport} on one and a 4.x client on the other`, async (t) => {
        await together(t, await startPair(t, nodes, transport))
      })
    }
  })
}

async function together (t: Test, { old, young }: Pair): Promise<void> {
  const heard = [hear(old, 'said'), hear(young, 'said')]
  const everybodyHears = async (t: Test, ...args: unknown[]): Promise<void> => {
    for (const said of heard) t.strictSame(await said(), args)
  }

  await t.test('they are on different nodes', async (t) => {
    t.not((await ask(old, 'name'))[0], (await ask(young, 'name'))[0])
  })

  await t.test('both hear what is said in their room on either node', async (t) => {
    for (const [i, speaker] of [old, young].entries()) {
      const args = [i, 'text "with" \\ and \u2028 😀', { deep: [null, true] }]
      speaker.emit('say', 'attic', ...args)
      await everybodyHears(t, ...args)
      speaker.emit('say', 'cellar', 'nobody is here')
      speaker.emit('say', 'attic')
      await everybodyHears(t)
    }
  })

  await t.test('a broadcast reaches the other node and not its speaker', async (t) => {
    old.emit('say beside', 'attic', 'from old')
    t.strictSame(await heard[1]?.(), ['from old'])
    young.emit('say beside', 'attic', 'from young')
    t.strictSame(await heard[0]?.(), ['from young'])
    old.emit('say', 'attic', 'end')
    await everybodyHears(t, 'end')
  })

  await t.test('what is said on this node only stays on it, with all of its arguments', async (t) => {
    old.emit('say here', 'attic', 'a', 'b')
    t.strictSame(await heard[0]?.(), ['a', 'b'])
    young.emit('say here', 'attic', 'c', 'd')
    t.strictSame(await heard[1]?.(), ['c', 'd'])
    old.emit('say', 'attic', 'end')
    await everybodyHears(t, 'end')
  })

  await t.test('binary reaches both, each in its form', async (t) => {
    young.emit('bytes', 'attic')
    t.strictSame(await heard[0]?.(), [{ bytes: { base64: true, data: 'YWJj' } }])
    t.strictSame(await heard[1]?.(), [{ bytes: Buffer.from('abc') }])
  })

  await t.test('both acknowledge a broadcast, whichever node made it', async (t) => {
    old.on('vote', (ack) => (ack as (answer: string) => void)('old'))
    young.on('vote', (ack) => (ack as (answer: string) => void)('young'))
    for (const speaker of [old, young]) {
      const [answers] = await ask(speaker, 'vote', 'attic') as [string[]]
      t.strictSame(answers.sort(), ['old', 'young'])
    }
  })

  await t.test('fetchSockets finds both from either node, with their data, rooms and handshake', async (t) => {
    for (const speaker of [old, young]) {
      const [found] = await ask(speaker, 'who', 'attic') as [{ id: string, data: { generation: number }, rooms: string[] }[]]
      const sorted = found.sort((a, b) => a.data.generation - b.data.generation)
      t.equal(found.length, 2)
      t.match(sorted, [
        { id: old.socket.sessionid, data: { generation: 3 }, rooms: [old.socket.sessionid, 'attic'], query: { t: /^\d+$/ } },
        { id: young.id, data: { generation: 4 }, rooms: [young.id, 'attic'], query: { EIO: '4' } }
      ])
    }
  })

  await t.test('serverSideEmit is answered by the other node', async (t) => {
    const names = [await ask(old, 'name'), await ask(young, 'name')]
    t.strictSame(await ask(old, 'names'), [names[1]])
    t.strictSame(await ask(young, 'names'), [names[0]])
  })

  await t.test('a client joins a room by order of the other node', async (t) => {
    old.emit('move', young.id, 'cellar')
    young.emit('move', old.socket.sessionid, 'cellar')
    await waitForRoom(young, 'cellar', 2)
    old.emit('say', 'cellar', 'down here')
    await everybodyHears(t, 'down here')
  })

  await t.test('a client is disconnected by order of the other node', async (t) => {
    const gone = hear(old, 'disconnect')
    young.emit('throw out', old.socket.sessionid)
    t.strictSame(await gone(), ['booted'])
    const left = hear(young, 'disconnect')
    const [found] = await ask(young, 'who', 'attic') as [{ id: string }[]]
    t.strictSame(found.map(({ id }) => id), [young.id])
    young.emit('throw out', 'attic')
    t.equal((await left())[0], 'io server disconnect')
  })
}
