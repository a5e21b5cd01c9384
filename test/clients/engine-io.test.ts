// Clients of Engine.IO alone, with nothing of Socket.IO on either side: the application sends each message back as it came.
import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { listen } from './scenario-app.js'
import { plain } from './later-scenario.js'
import { WAYS } from './later-suite.js'
import type { Way } from './later-suite.js'
import { TEXTS } from './every-suite.js'
import { pluginApp } from '../kit/servers/app.js'

const require = createRequire(import.meta.url)

/** As much of a client as is used here. */
interface Client {
  transport: { name: string }
  send (data: string | Buffer): void
  close (): void
  once (event: 'open' | 'upgrade' | 'close', listener: (reason: string) => void): void
  on (event: 'message', listener: (data: unknown) => void): void
}
type Start = (url: string, options: object) => Client

const CLIENTS: Record<string, Start> = {
  '1.8.6': require('engine.io-client-1'),
  '3.5.4': require('engine.io-client-3'),
  6.6: (url, options) => new (require('engine.io-client').Socket)(url, options)
}

/** Without the empty text, which the clients until 3.x report as no data at all. */
const MESSAGES = [...TEXTS.filter((text) => text !== ''), Buffer.from([0, 4, 0x30, 0x62, 255]), 'after', Buffer.alloc(0), Buffer.alloc(70_000, 7), 'last']

async function echoApp (t: Test): Promise<{ app: FastifyInstance, url: string, arrived: unknown[] }> {
  const arrived: unknown[] = []
  const app = await pluginApp(t, { transports: ['polling', 'websocket'] })
  app.socketio.on('connection', (socket) => socket.on('data', (data) => {
    arrived.push(plain(data))
    socket.write(data)
  }))
  return { app, url: await listen(app), arrived }
}

const event = async (client: Client, name: 'open' | 'upgrade' | 'close'): Promise<string> =>
  await new Promise((resolve) => client.once(name, resolve))

/** Collects as many messages as were sent. */
const messages = async (client: Client, count: number): Promise<unknown[]> => await new Promise((resolve) => {
  const seen: unknown[] = []
  client.on('message', (data) => { if (seen.push(plain(data)) === count) resolve(seen) })
})

function echoes (t: Test, start: Start, { name, transports }: Way): void {
  t.test(`over ${name} every text and every binary message arrives and comes back as it was, in order`, async (t) => {
    const { app, url, arrived } = await echoApp(t)
    const client = start(url, { path: '/socket.io', transports })
    t.teardown(() => client.close())
    await event(client, 'open')
    if (transports.length > 1) await event(client, 'upgrade')
    t.equal(client.transport.name, transports.at(-1))

    const seen = messages(client, MESSAGES.length)
    for (const message of MESSAGES) client.send(message)
    t.strictSame(await seen, MESSAGES.map(plain))
    t.strictSame(arrived, MESSAGES.map(plain))

    const gone = Promise.all([...app.socketio.sessions.values()].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    client.close()
    t.equal((await gone).length, 1)
    t.equal(app.socketio.sessions.size, 0)
  })
}

for (const [version, start] of Object.entries(CLIENTS)) {
  t.test(`engine.io-client ${version}`, async (t) => {
    for (const way of WAYS) echoes(t, start, way)

    t.test('a burst both ways while the transport is upgraded loses nothing, doubles nothing and keeps its order', async (t) => {
      const { url } = await echoApp(t)
      const client = start(url, { path: '/socket.io', transports: ['polling', 'websocket'] })
      t.teardown(() => client.close())
      await event(client, 'open')
      const sent = Array.from({ length: 300 }, (_, i) => i % 10 ? `é ${i}` : Buffer.from([i & 255]))
      const seen = messages(client, sent.length)
      const upgraded = event(client, 'upgrade')
      for (const message of sent.slice(0, 100)) client.send(message)
      await new Promise(setImmediate)
      for (const message of sent.slice(100, 200)) client.send(message)
      await upgraded
      for (const message of sent.slice(200)) client.send(message)
      t.strictSame(await seen, sent.map(plain))
    })
  })
}
