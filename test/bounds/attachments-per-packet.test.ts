// The attachments of one packet, where packets are decoded: how many (`maxAttachments`), and how large together (`maxPayload`).
import t from 'tap'
import { captureLog, pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { EngineClient, WAYS } from '../kit/engine-io/client.js'
import type { Way } from '../kit/engine-io/client.js'
import { until } from '../kit/waiting.js'
import type { EndReason } from '../../types/reasons.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { Eio } from '../kit/engine-io/payload.js'

/** Arguments that stand for so many attachments. */
const placeholders = (count: number): string => Array.from({ length: count }, (_, num) => `{"_placeholder":true,"num":${num}}`).join()
const event = (count: number): string => `45${count}-["bytes",${placeholders(count)}]`

async function setUp (t: Teardown, eio: Eio, way: Way, options: SocketioTransportsOptions) {
  const { lines, logger } = captureLog()
  const app = await pluginApp(t, options, { logger })
  const heard: number[][] = []
  const ends: [string, EndReason][] = []
  app.socketio.on('connection', (socket) => {
    socket.on('packet', (packet) => { if (packet.type === 'event') heard.push(packet.args.map((bytes) => (bytes as Buffer).length)) })
    socket.on('close', (reason, { reason: end }) => ends.push([reason, end]))
  })
  const port = await portOf(app)
  const client = async (): Promise<EngineClient> => {
    const made = new EngineClient(port, eio, way)
    t.teardown(() => made.close())
    await made.open()
    return made
  }
  return { app, lines, heard, ends, client }
}

/** How a client is told that its session is over: by the answer to its POST, or the code that its WebSocket is closed with. */
async function told (client: EngineClient, send: Promise<void>): Promise<unknown> {
  if (client.wire !== undefined) return await client.wire.closed
  return await send.then(() => 'ok', (error: Error) => error.message)
}

for (const eio of [3, 4] as const) {
  for (const way of WAYS) {
    const name = `engine ${eio}, ${way}`
    const isWebSocket = way.startsWith('websocket')

    t.test(`${name}: a packet may have maxAttachments; one that says it has more ends the session before any comes`, async (t) => {
      const { app, heard, ends, client } = await setUp(t, eio, way, { maxAttachments: 3 })
      const [one, other] = [await client(), await client()]
      for (const count of [1, 2, 3]) await one.send(event(count), ...Array<Buffer>(count).fill(Buffer.from('abc')))
      await until(() => heard.length === 3)
      t.strictSame(heard.splice(0), [[3], [3, 3], [3, 3, 3]])
      t.equal(await told(one, one.send(event(4))), isWebSocket ? 1002 : 'POST answered 400 {"code":3,"message":"Bad request"}')
      t.strictSame(ends, [['parse error', 'parse error']])
      await other.send(event(3), Buffer.of(1), Buffer.of(2), Buffer.of(3))
      await until(() => heard.length === 1)
      t.strictSame([heard, app.socketio.sessions.size], [[[1, 1, 1]], 1])
    })

    t.test(`${name}: the attachments of a packet may be maxPayload together; a byte more ends the session`, async (t) => {
      const { app, lines, heard, ends, client } = await setUp(t, eio, way, { maxPayload: 600 })
      const [one, other] = [await client(), await client()]
      const piece = Buffer.alloc(200, 7)
      for (let i = 0; i < 2; i++) { // each packet counts for itself
        await one.send(event(3))
        for (let left = 3; left > 0; left--) await one.send(piece)
      }
      await until(() => heard.length === 2)
      t.strictSame(heard.splice(0), [[200, 200, 200], [200, 200, 200]])
      await one.send(event(3))
      await one.send(piece)
      await one.send(piece)
      const answer = await told(one, one.send(Buffer.alloc(201, 7)))
      t.equal(answer, isWebSocket ? 1009 : 'POST answered 413 {"code":3,"message":"Payload too large"}')
      t.strictSame(ends, [['transport error', 'payload too large']])
      t.strictSame(heard, [])
      t.match(lines.filter(({ msg }) => msg === 'session ended'), [{ level: 40, reason: 'payload too large', detail: 'attachments of more than 600 bytes', err: undefined }])
      t.strictSame(app.socketio.metrics.ended, { 'payload too large': 1 })
      t.strictSame(app.socketio.metrics.refused, isWebSocket ? {} : { 'payload too large': 1 })
      await other.send(event(3), piece)
      t.equal(app.socketio.sessions.size, 1, 'the other session goes on')
    })
  }

  t.test(`engine ${eio}: by default ten`, async (t) => {
    const { heard, ends, client } = await setUp(t, eio, 'websocket', {})
    const one = await client()
    await one.send(event(10), ...Array<Buffer>(10).fill(Buffer.of(1)))
    await until(() => heard.length === 1)
    t.strictSame(heard, [Array(10).fill(1)])
    await one.send(event(11))
    await until(() => ends.length === 1)
    t.strictSame(ends, [['parse error', 'parse error']])
  })
}
