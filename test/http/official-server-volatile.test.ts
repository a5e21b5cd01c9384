// Volatile events: what arrives of those that are said in one tick, here and on socket.io's own server, with the real client.
import t from 'tap'
import type { Test } from 'tap'
import { pluginApp } from '../kit/servers/app.js'
import { connected, OWN, start } from '../kit/servers/side-by-side.js'
import { until } from '../kit/waiting.js'
import { connectPolling, poll } from '../kit/revision-1/inject.js'

const SAID = [1, 2, 3, 4, 5]

/** What a client hears of volatile events in one tick. */
async function heardOf (t: Test, where: string, transport: string): Promise<unknown[]> {
  const { socket, heard } = await connected(t, await start(t, where), transport)
  await until(() => socket.conn.transport.writable)
  for (const n of SAID) socket.volatile.emit('word', n)
  await until(() => heard.includes(1))
  socket.emit('word', 'last')
  await until(() => heard.includes('last'))
  return heard
}

for (const transport of ['websocket', 'polling']) {
  t.test(`${transport}: of volatile events in one tick, all arrive here`, async (t) => {
    t.strictSame(await heardOf(t, 'here', transport), [...SAID, 'last'])
  })

  t.test(`${transport}: of volatile events in one tick, the first arrives from socket.io's own server`, async (t) => {
    t.strictSame(await heardOf(t, OWN, transport), [1, 'last'])
  })
}

t.test('a volatile packet is dropped when its client holds nothing open', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  socket?.send({ type: 'message', data: 'lost' }, { volatile: true })
  socket?.send({ type: 'message', data: 'kept' })
  t.equal((await poll(app, sid)).body, '3:::kept')
  t.equal(app.socketio.metrics.dropped, 1)
})
