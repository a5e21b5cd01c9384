// How many packets a session may send in a second: `maxPacketsPerSecond`, on every transport.
import t from 'tap'
import { captureLog, pluginApp } from '../kit/servers/app.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { clock } from '../kit/clock.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { WAYS } from './peers.js'
import { until } from '../kit/waiting.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'

const RATE = 5
const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i))

for (const { name, kind, start } of WAYS) {
  t.test(`${name}: as many as it may send in one go are heard; one more ends the session, and no other`, async (t) => {
    clock(t) // no time passes
    const peer = await start(t, { maxPacketsPerSecond: RATE })
    const { app, socket, heard, tell, ended, closeCode } = peer
    const other = await peer.another()
    await tell(...numbers(RATE))
    await until(() => heard.length === RATE)
    t.equal(ended.count, 0)
    await tell('one more').catch(() => {}) // Engine.IO refuses the POST
    await until(() => ended.count > 0)
    t.match(ended, { count: 1, reason: 'transport error', end: 'too many packets', cause: { message: /maxPacketsPerSecond/ } })
    t.strictSame(heard, numbers(RATE))
    if (kind === 'websocket') t.equal(await closeCode(), 1008)
    t.equal(app.socketio.sessions.has(socket.id), false)
    t.strictSame(app.socketio.metrics.ended, { 'too many packets': 1 })
    await other.tell(...numbers(RATE))
    await until(() => other.heard.length === RATE)
    t.equal(other.ended.count, 0)
  })

  t.test(`${name}: of more than that in one go, those before it are heard`, async (t) => {
    clock(t)
    const { heard, tell, ended } = await start(t, { maxPacketsPerSecond: RATE })
    await tell(...numbers(3 * RATE)).catch(() => {})
    await until(() => ended.count > 0)
    t.strictSame(heard, numbers(RATE))
    t.match(ended, { count: 1, end: 'too many packets' })
  })

  t.test(`${name}: a steady rate may go on as long as it likes, and a pause gives back no more than a second's worth`, async (t) => {
    const tick = clock(t)
    const { heard, tell, ended } = await start(t, { maxPacketsPerSecond: RATE, closeTimeout: 1e9, pingInterval: 1e9 })
    let sent = 0
    const send = async (count: number): Promise<void> => {
      await tell(...numbers(count, sent)).catch(() => {})
      sent += count
      await until(() => heard.length === sent || ended.count > 0)
    }
    await send(RATE)
    for (let i = 0; i < 20; i++) {
      tick(200)
      await send(1)
    }
    t.equal(ended.count, 0)
    tick(60_000)
    await send(RATE)
    t.equal(ended.count, 0)
    tick(199)
    await send(1)
    t.match(ended, { count: 1, end: 'too many packets' })
    t.equal(heard.length, sent - 1)
  })
}

t.test('Engine.IO is told so: the POST is refused with 413, and the open poll answered with the end', async (t) => {
  clock(t)
  for (const dialect of [ENGINE_3, ENGINE_4]) {
    const { lines, logger } = captureLog()
    const app = await pluginApp(t, { maxPacketsPerSecond: RATE }, { logger })
    const told: string[] = []
    app.socketio.on('connection_error', ({ reason }) => told.push(reason))
    const { socket, poll, send } = await connectEngine(app, dialect)
    const held = poll()
    await until(() => socket.transport.writable)
    const { statusCode, body } = await send(...Array<string>(RATE + 1).fill('42["said"]'))
    t.strictSame([statusCode, body], [413, '{"code":3,"message":"Too many packets"}'])
    t.strictSame(await held, ['1'])
    t.strictSame(told, ['too many packets'])
    t.match(lines.filter(({ msg }) => msg === 'session ended'), [{ level: 40, reason: 'too many packets', detail: 'the client sent more packets than maxPacketsPerSecond', err: undefined }])
  }
})

t.test('revision 1 is answered as ever; then its session is unknown', async (t) => {
  clock(t)
  const app = await pluginApp(t, { maxPacketsPerSecond: RATE })
  const sid = await connectPolling(app)
  const url = `/socket.io/1/xhr-polling/${sid}`
  const payload = numbers(RATE + 1).map((text) => `\ufffd5\ufffd3:::${text}`).join('')
  t.equal((await app.inject({ method: 'POST', url, payload })).body, '1')
  t.equal((await app.inject(url)).body, '7:::1+0')
})

t.test('heartbeats count, and so does what is no packet', async (t) => {
  clock(t)
  const app = await pluginApp(t, { maxPacketsPerSecond: RATE })
  const ends: string[] = []
  app.socketio.on('connection', (socket) => socket.on('close', (_reason, { reason }) => ends.push(reason)))
  const [three, four] = [await connectEngine(app, ENGINE_3), await connectEngine(app, ENGINE_4)]
  await three.send(...Array(RATE + 1).fill('2'))
  await four.send(...Array(RATE + 1).fill('3'))
  const sid = await connectPolling(app)
  for (const frame of ['2::', '9:::', '8::', '3:::a', '', '3:::b']) {
    await app.inject({ method: 'POST', url: `/socket.io/1/xhr-polling/${sid}`, payload: `\ufffd${frame.length}\ufffd${frame}` })
  }
  t.strictSame(ends, ['too many packets', 'too many packets', 'too many packets'])
})

t.test('without the option there is no such bound', async (t) => {
  clock(t)
  const app = await pluginApp(t)
  const { send, socket } = await connectEngine(app, ENGINE_4)
  for (let i = 0; i < 3; i++) t.equal((await send(...Array(5000).fill('3'))).body, 'ok')
  t.equal(socket.readyState, 'open')
})
