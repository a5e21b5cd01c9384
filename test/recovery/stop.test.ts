// A node that is stopped for a while loses its clients to another one. When it goes on, it has sockets of sessions that live elsewhere.
import t from 'tap'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { ask, hear } from '../kit/official-clients.js'
import { within } from '../kit/progress.js'
import { until } from '../kit/waiting.js'
import { joinNode } from './client.js'
import type { Client } from './client.js'
import { newScope, startNode } from './nodes.js'

const connected = ({ sockets }: Client): Promise<unknown> => Promise.all(sockets.map((socket) => hear(socket, 'connect')()))

t.test('a node that was stopped breaks no session that another node has restored', { skip }, async (t) => {
  const url = await redisUrl(t)
  const prefix = await newScope(t, url)
  const [sleeper, other] = await Promise.all([startNode(t, url, prefix, 'impatient'), startNode(t, url, prefix)])
  const clients = await Promise.all(['websocket', 'polling'].map((transport) => joinNode(t, sleeper.url, { transports: [transport] }, ['attic', 'cellar'])))
  const sockets = clients.map(({ sockets: [socket] }) => socket)
  const ids = sockets.map(({ id }) => id)

  const moved = clients.map(connected)
  sleeper.child.kill('SIGSTOP')
  t.teardown(() => sleeper.child.kill('SIGCONT'))
  for (const { moveTo } of clients) moveTo(other.url)
  await within(20_000, 'end of the connections to a stopped node', Promise.all(moved))
  for (const socket of sockets) {
    t.equal(socket.recovered, true)
    socket.emit('call', 'ada')
    await ask(socket, 'join', ['loft'])
    await ask(socket, 'leave', 'cellar')
  }

  sleeper.child.kill('SIGCONT')
  let count = await sleeper.ask<number>('count')
  await within(20_000, 'end of the old sockets', (async () => { while (count > 0) count = await sleeper.ask<number>('count') })())
  t.ok(sockets.every((socket) => socket.connected), 'the new sockets stay')
  sleeper.send('talk')
  await until(() => clients.every(({ heard }) => heard['/'].length > 20))
  for (const { heard } of clients) t.equal(new Set(heard['/']).size, heard['/'].length, 'nothing is doubled')

  const back = clients.map(connected)
  for (const { moveTo } of clients) moveTo(sleeper.url)
  other.child.kill('SIGKILL')
  await within(20_000, 'recovery', Promise.all(back))
  for (const [i, socket] of sockets.entries()) {
    t.equal(socket.recovered, true)
    t.equal(socket.id, ids[i])
    const [, rooms, data] = await ask(socket, 'who') as [string, string[], unknown]
    t.strictSame(rooms.sort(), [String(ids[i]), 'attic', 'loft'].sort(), 'the rooms are those that it had on the other node')
    t.strictSame(data, { name: 'ada' })
  }
  sleeper.send('end')
  await until(() => clients.every(({ heard }) => heard['/'].includes('end')))
  const [first, second] = clients.map(({ heard }) => heard['/'])
  t.strictSame(first, second)
  t.equal(new Set(first).size, first?.length, 'nothing is doubled')
})
