// A WebSocket that both sides have closed: the server closes the connection at once (RFC 6455, 7.1.1), although the client keeps its half of it open.
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { closing, frame, FIN, OPCODE } from '../kit/raw/frames.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { handshake } from '../kit/revision-1/inject.js'
import { turns, until } from '../kit/waiting.js'

const CLOSE = frame(FIN | OPCODE.close, Buffer.of(3, 232)) // 1000
const DIALECTS: Record<string, (app: FastifyInstance) => Promise<string>> = {
  'engine 4': async () => '/socket.io/?EIO=4&transport=websocket',
  'engine 3': async () => '/socket.io/?EIO=3&transport=websocket',
  'revision 1': async (app) => `/socket.io/1/websocket/${await handshake(app)}`
}

const connections = ({ server }: FastifyInstance): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => error === null ? resolve(count) : reject(error)))

for (const [dialect, toPath] of Object.entries(DIALECTS)) {
  for (const first of ['client', 'server'] as const) {
    t.test(`${dialect}: the ${first} closes first`, async (t) => {
      const app = await pluginApp(t)
      const raw = await rawWebSocket(t, `http://127.0.0.1:${await portOf(app)}${await toPath(app)}`, [])
      raw.socket.allowHalfOpen = true
      const [socket] = app.socketio.sessions.values()
      await until(() => socket?.readyState === 'open')
      const ends: string[] = []
      socket?.on('close', (_reason, { reason }) => ends.push(reason))
      if (first === 'server') socket?.close()
      else await raw.write(CLOSE)
      await until(() => raw.received.includes(FIN | OPCODE.close)) // behind the first packets
      if (first === 'server') await raw.write(CLOSE)
      let count = 1
      await until(() => {
        connections(app).then((open) => { count = open }, t.error)
        return count === 0
      })
      t.notOk(raw.socket.writableEnded, 'the client has not closed its half')
      t.strictSame(ends, [first === 'server' ? 'closed by server' : 'connection closed'])
    })
  }
}

t.test('what has been written before is read whole by a client that reads late', async (t) => {
  const app = await pluginApp(t, { maxQueueBytes: 50_000_000 })
  const SAID = 'x'.repeat(100_000)
  app.socketio.on('connection', (socket) => socket.on('data', () => { for (let i = 0; i < 200; i++) socket.write(SAID) }))
  const raw = await rawWebSocket(t, `http://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`, [])
  raw.socket.pause()
  await raw.send('4all')
  await raw.write(CLOSE)
  const [socket] = app.socketio.sessions.values()
  await until(() => socket !== undefined && socket.bufferedAmount > 0)
  await turns(10)
  raw.socket.resume()
  await raw.closed
  const frames = raw.text.split(`4${SAID}`)
  t.ok(frames.length > 2)
  t.equal(frames.at(-1), closing(1000).toString('latin1'), 'the close frame is behind the last of it')
})
