// One of three nodes is killed while all of them talk. With RUNS=10, so often.
import process from 'node:process'
import t from 'tap'
import type { Test } from 'tap'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { hear } from '../kit/official-clients.js'
import { within } from '../kit/progress.js'
import { until } from '../kit/waiting.js'
import { joinNode } from './client.js'
import type { Client } from './client.js'
import { newScope, startNode } from './nodes.js'
import type { Node } from './nodes.js'

const CLIENTS = 40
const RUNS = Number(process.env.RUNS ?? 1)

/** Rooms of the clients: some are in the room that does not hear what is said in the attic, and some are in very many. */
const roomsOf = (i: number): string[] => ['attic', ...i % 4 === 3 ? ['deaf'] : [], ...i % 10 === 0 ? Array.from({ length: 200 }, (_, n) => `room ${n}`) : []]

const untilEnd = (events: readonly string[]): readonly string[] => events.slice(0, events.indexOf('end'))
const hasEnded = ({ heard }: Client): boolean => Object.values(heard).every((events) => events.includes('end'))

/** Kills a node under its clients; how many of them are recovered, and what they and two others have heard. */
async function killOne (t: Test, url: string, kind: string) {
  const prefix = await newScope(t, url)
  const nodes = await Promise.all([1, 2, 3].map(() => startNode(t, url, prefix, kind)))
  const [doomed, ...others] = nodes as [Node, Node, Node]
  const join = (node: Node, i: number): Promise<Client> => joinNode(t, node.url, { transports: [i % 2 === 0 ? 'websocket' : 'polling'] }, roomsOf(i))
  const witnesses = [await join(others[0], 2), await join(others[1], 3)] as const
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => join(doomed, i)))
  for (const node of nodes) node.send('talk')
  await until(() => clients.every(({ heard }) => heard['/'].length > 20 && heard['/chat'].length > 10))

  const back = clients.map(({ sockets }) => sockets.map((socket) => hear(socket, 'connect')()))
  for (const [i, { moveTo }] of clients.entries()) moveTo((others[i % 2] ?? others[0]).url)
  doomed.child.kill('SIGKILL')
  await Promise.all(back.flat())
  const longer = witnesses[0].heard['/'].length + 20
  await until(() => witnesses[0].heard['/'].length > longer)
  others[1].send('quiet')
  others[0].send('end')
  await within(20_000, 'end', until(() => [...clients, ...witnesses].every(hasEnded)))
  return { clients, witnesses, recovered: clients.filter(({ sockets }) => sockets.every((socket) => socket.recovered)).length }
}

t.test('after kill -9 of one of three nodes', { skip }, async (t) => {
  const url = await redisUrl(t)

  t.test('with the official adapter alone, not all clients recover', async (t) => {
    const { recovered } = await killOne(t, url, 'official')
    t.comment(`the official adapter: ${recovered} of ${CLIENTS} recovered`)
    t.ok(recovered <= CLIENTS)
  })

  for (let run = 1; run <= RUNS; run++) {
    t.test(`all clients recover, and have heard the same as those who lost nothing (run ${run})`, async (t) => {
      const { clients, witnesses, recovered } = await killOne(t, url, 'recoverable')
      t.equal(recovered, CLIENTS)
      for (const [i, { heard }] of clients.entries()) {
        const witness = witnesses[i % 4 === 3 ? 1 : 0]
        for (const nsp of ['/', '/chat'] as const) t.strictSame(untilEnd(heard[nsp]), untilEnd(witness.heard[nsp]), `client ${i} on ${nsp}`)
      }
      const all = untilEnd(witnesses[0].heard['/'])
      t.equal(new Set(all).size, all.length, 'nothing is doubled for the others either')
      t.comment(`recoverable: ${recovered} of ${CLIENTS} recovered, ${all.length} events each`)
    })
  }
})
