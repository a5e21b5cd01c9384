// The connection that a handshake came by, when it is closed and the session goes on.
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { readOpen } from '../kit/engine-io/payload.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { serve } from '../kit/revision-1/server.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'
import { WebSocketClient } from '../kit/websocket.js'

/** Handshakes over a connection that is kept. */
async function handshaken (t: Teardown, count = 1) {
  const server = await serve(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const sids: string[] = []
  for (let i = 0; i < count; i++) {
    const [response] = await once(get(`http://127.0.0.1:${server.port}/socket.io/1/`, { agent }), 'response') as [IncomingMessage]
    const [sid = ''] = String(await buffer(response)).split(':', 1)
    sids.push(sid)
  }
  const connect = async (sid: string) => {
    const raw = await rawWebSocket(t, `http://127.0.0.1:${server.port}/socket.io/1/websocket/${sid}`)
    await raw.bytes(5)
    return raw
  }
  return { server, agent, sids, connect, sessions: sids.map((sid) => server.socketOf(sid)) }
}

t.test('a session on a WebSocket lets go of it, closed before or after', async (t) => {
  for (const first of [true, false]) {
    const { agent, sids: [sid = ''], sessions: [session], connect } = await handshaken(t)
    if (session === undefined) throw new Error('no session')
    const { socket: before, headers } = session.request
    if (first) {
      agent.destroy()
      await until(() => before.destroyed)
    }
    const raw = await connect(sid)
    if (!first) {
      t.equal(session.request.socket, before, 'as long as it is open it is what it was')
      agent.destroy()
    }
    await until(() => session.request.socket !== before)
    t.equal(session.request.socket.remotePort, raw.socket.localPort)
    t.equal(session.request.headers, headers)
  }
})

t.test('a session without a WebSocket keeps it', async (t) => {
  const { agent, sessions: [session] } = await handshaken(t)
  const before = session?.request.socket
  agent.destroy()
  await until(() => before?.destroyed === true)
  t.equal(session?.request.socket, before)
})

t.test('a connection of many handshakes has one listener, and lets go of some', async (t) => {
  const { agent, sessions, sids, connect } = await handshaken(t, 20)
  const before = sessions[0]?.request.socket
  const listeners = before?.listenerCount('close') ?? 0
  t.ok(listeners < 10, String(listeners))
  for (const sid of sids) await connect(sid)
  agent.destroy()
  await until(() => before?.destroyed === true)
  await until(() => sessions.filter(({ request }) => request.socket === before).length === 4)
})

t.test('of a session that has ended nothing is to be done', async (t) => {
  const { agent, sids: [sid = ''], sessions: [session], connect } = await handshaken(t)
  const before = session?.request.socket
  await connect(sid)
  session?.close()
  agent.destroy()
  await until(() => before?.destroyed === true)
  t.equal(session?.request.socket, before)
})

t.test('so does a session of Engine.IO that upgrades, closed before, during or after', async (t) => {
  for (const when of ['before', 'during', 'after']) {
    const server = await serve(t, { transports: ['polling', 'websocket'] })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const url = `http://127.0.0.1:${server.port}/socket.io/?EIO=4&transport=`
    const [response] = await once(get(`${url}polling`, { agent }), 'response') as [IncomingMessage]
    const { sid } = readOpen(String(await buffer(response)))
    const session = server.app.socketio.sessions.get(sid)
    if (session === undefined) throw new Error('no session')
    const { socket: before } = session.request
    const close = async (): Promise<void> => {
      agent.destroy()
      await until(() => before.destroyed)
    }
    if (when === 'before') await close()
    const client = new WebSocketClient(`${url}websocket&sid=${sid}`)
    t.teardown(() => client.socket.terminate())
    await client.opened
    client.socket.send('2probe')
    t.equal(await client.next(), '3probe')
    if (when === 'during') await close()
    t.equal(session.request.socket, before, 'as long as the client may stay with its polls')
    client.socket.send('5')
    await until(() => session.transport.name === 'websocket')
    if (when === 'after') await close()
    await until(() => session.request.socket !== before)
    t.equal(session.request.socket.destroyed, false, when)
  }
})
