// Sessions of Engine.IO by the thousand, ended in every way there is.
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import type { Socket } from '../../../types/socket.js'
import { pluginApp, portOf } from '../../kit/servers/app.js'
import { connectEngine, refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import type { Polling } from '../../kit/engine-io/inject.js'
import { clock } from '../../kit/clock.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'
import type { Dialect } from '../../kit/engine-io/payload.js'
import { until } from '../../kit/waiting.js'
import { WebSocketClient } from '../../kit/websocket.js'

const EACH = 100

interface Crowd { app: FastifyInstance, origin: string, dialect: Dialect }

/** How one session ends, and for what reason. */
const ENDINGS: Record<string, [reason: string, end: (session: Polling, crowd: Crowd) => Promise<unknown>]> = {
  'a goodbye of the client': ['transport close', ({ send }) => send('1')],
  'a goodbye with a poll open': ['transport close', async ({ socket, poll, send }) => {
    const held = poll()
    await until(() => socket.transport.writable)
    return await Promise.all([held, send('1')])
  }],
  'close() with a poll open': ['forced close', async ({ socket, poll }) => {
    const held = poll()
    await until(() => socket.transport.writable)
    socket.close()
    await held
  }],
  'close() and a poll': ['forced close', async ({ socket, poll }) => {
    socket.write('last')
    socket.close()
    await poll()
    await poll()
  }],
  'a body that cannot be read': ['parse error', ({ post }) => post('x')],
  'two polls at a time': ['transport error', async ({ socket, poll, url }, { app }) => {
    const held = poll()
    await until(() => socket.transport.writable)
    await refusedBy(app, url)
    await held
  }],
  'a WebSocket that breaks': ['transport close', async ({ socket, sid }, crowd) => {
    const wire = await probing(crowd, sid)
    wire.send('5')
    await until(() => socket.transport.name === 'websocket')
    wire.close()
    await wire.closed
  }],
  'a goodbye after an upgrade that failed': ['transport close', async ({ sid, send }, crowd) => {
    const wire = await probing(crowd, sid)
    wire.close()
    await wire.closed
    await send('1')
  }],
  'silence after a WebSocket was tried out': ['ping timeout', async ({ sid }, crowd) => { await probing(crowd, sid) }],
  'close() and silence': ['forced close', async ({ socket }) => {
    socket.write('last')
    socket.close()
  }]
}

/** A WebSocket of the session whose probe has been answered. */
async function probing ({ origin, dialect }: Crowd, sid: string): Promise<WebSocketClient> {
  const wire = new WebSocketClient(`${origin}${urlOf(dialect.eio, 'websocket', `&sid=${sid}`)}`)
  await wire.opened
  wire.send('2probe')
  await wire.next()
  return wire
}

const activeSockets = (): number => process.getActiveResourcesInfo().filter((name) => name.includes('TCPSocket')).length

t.test('two thousand sessions, ended in every way there is, leave nothing behind', async (t) => {
  const tick = clock(t)
  const app = await pluginApp(t)
  const origin = `http://127.0.0.1:${await portOf(app)}`
  const closes = new Map<string, string[]>()
  app.socketio.on('connection', (socket: Socket) => {
    const reasons: string[] = []
    closes.set(socket.id, reasons)
    socket.on('data', () => {}).on('close', (reason) => reasons.push(reason))
  })
  const listeners = () => app.server.eventNames().map((name) => [name, app.server.listenerCount(name)])
  const before = listeners()

  const expected = new Map<string, string[]>()
  for (const [reason, end] of Object.values(ENDINGS)) {
    for (const dialect of DIALECTS) {
      for (let left = EACH; left > 0; left -= 25) {
        await Promise.all(Array.from({ length: 25 }, async () => {
          const session = await connectEngine(app, dialect)
          expected.set(session.sid, [reason])
          await end(session, { app, origin, dialect })
        }))
      }
    }
  }
  t.equal(expected.size, 2 * EACH * Object.keys(ENDINGS).length)
  t.strictSame([app.socketio.sessions.size, tick.running()], [4 * EACH, 1], 'one interval for those that are left')
  tick(10_100)
  await until(() => activeSockets() === 0)
  t.equal(app.socketio.sessions.size, 4 * EACH, 'upgrades have their time, and sessions outlive it')
  tick(50_000)
  t.strictSame([app.socketio.sessions.size, app.socketio.clientsCount, tick.running()], [0, 0, 0])
  t.strictSame(Object.fromEntries(closes), Object.fromEntries(expected), 'each session has closed once')
  t.strictSame(listeners(), before)
})
