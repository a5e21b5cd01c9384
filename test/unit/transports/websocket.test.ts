import { once } from 'node:events'
import t from 'tap'
import { maskedFrame } from '../../kit/raw/frames.js'
import { nextPacket, serve, watch } from '../../kit/revision-1/server.js'
import { behaviour } from './revision-1-behaviour.js'
import type { Teardown } from '../../kit/teardown.js'
import { until } from '../../kit/waiting.js'
import { rawWebSocket } from '../../kit/raw/websocket.js'

behaviour('websocket')

const text = (payload: string): Buffer => Buffer.concat([Buffer.from([0x81, Buffer.byteLength(payload)]), Buffer.from(payload)])

async function rawSession (t: Teardown) {
  const server = await serve(t)
  const sid = await server.handshake()
  const raw = await rawWebSocket(t, `http://127.0.0.1:${server.port}/socket.io/1/websocket/${sid}`)
  const first = await raw.bytes(5)
  const socket = server.socketOf(sid)
  return { server, sid, socket, raw, first, ...watch(socket) }
}

t.test('the upgrade is answered without protocol and extension, and packets are text frames', async (t) => {
  const { raw, first, socket } = await rawSession(t)
  t.equal(raw.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  t.notOk(raw.headers['sec-websocket-protocol'])
  t.notOk(raw.headers['sec-websocket-extensions'], 'though one was offered')
  t.strictSame(first, text('1::'))
  socket.send({ type: 'message', data: 'a' })
  socket.send({ type: 'message', data: 'ä' })
  t.strictSame((await raw.bytes(20)).subarray(5), Buffer.concat([text('3:::a'), text('3:::ä')]), 'one packet a frame')
})

t.test('a message may come in fragments that cut a character', async (t) => {
  const { raw, socket } = await rawSession(t)
  const bytes = Buffer.from('3:::a😀b')
  const arrived = nextPacket(socket)
  raw.socket.write(maskedFrame(1, bytes.subarray(0, 6), false))
  raw.socket.write(maskedFrame(0, bytes.subarray(6, 8), false))
  raw.socket.write(maskedFrame(9, 'ping'))
  raw.socket.write(maskedFrame(0, bytes.subarray(8)))
  t.strictSame(await arrived, { type: 'message', endpoint: '', data: 'a😀b' })
  t.strictSame((await raw.bytes(11)).subarray(5), Buffer.from([0x8a, 4, ...Buffer.from('ping')]), 'a ping is answered meanwhile')
})

t.test('a binary frame is ignored', async (t) => {
  const { raw, socket, packets } = await rawSession(t)
  const arrived = nextPacket(socket)
  raw.socket.write(maskedFrame(2, '3:::binary'))
  raw.socket.write(maskedFrame(1, '3:::text'))
  await arrived
  t.strictSame(packets, [{ type: 'message', endpoint: '', data: 'text' }])
})

t.test('a payload is no packet here: frames carry one each', async (t) => {
  const { raw, socket, packets } = await rawSession(t)
  const arrived = nextPacket(socket)
  raw.socket.write(maskedFrame(1, '\ufffd5\ufffd3:::a\ufffd5\ufffd3:::b'))
  raw.socket.write(maskedFrame(1, '3:::one'))
  await arrived
  t.strictSame(packets, [{ type: 'message', endpoint: '', data: 'one' }])
})

t.test('a close frame of the client is answered with one and ends the session', async (t) => {
  const { raw, closed, server, sid } = await rawSession(t)
  const ended = once(raw.socket, 'end')
  raw.socket.write(maskedFrame(8, Buffer.from([3, 0xe8])))
  await ended
  t.strictSame(raw.received.subarray(5), Buffer.from([0x88, 2, 3, 0xe8]))
  await until(() => closed.count > 0)
  t.strictSame(closed, { count: 1, reason: 'transport close' })
  t.notOk(server.app.socketio.sessions.has(sid))
})

t.test('a frame that breaks the protocol ends the session with an error, not the server', async (t) => {
  const { raw, closed, server } = await rawSession(t)
  raw.socket.write(Buffer.from([0xff, 0xff, 0, 0]))
  await until(() => closed.count > 0)
  t.strictSame(closed, { count: 1, reason: 'transport error' })
  const other = await server.connect('websocket')
  t.equal(other.socket.readyState, 'open')
})

t.test('packets for a peer that does not read wait in the queue, in order, until it does', async (t) => {
  const server = await serve(t, { maxQueueBytes: 100_000_000 })
  const sid = await server.handshake()
  const raw = await rawWebSocket(t, `http://127.0.0.1:${server.port}/socket.io/1/websocket/${sid}`)
  await raw.bytes(5)
  raw.socket.pause()
  const socket = server.socketOf(sid)
  const drained = once(socket, 'drain')
  const data = 'x'.repeat(60_000)
  for (let i = 100; i < 600; i++) socket.send({ type: 'message', data: `${i}${data}` })
  t.notOk(socket.transport.writable)
  t.ok(socket.bufferedAmount > 1_000_000)
  raw.socket.removeAllListeners('data')
  let length = 0
  const numbers: string[] = []
  let frame = Buffer.alloc(0)
  const size = 4 + 4 + 3 + data.length
  raw.socket.on('data', (chunk: Buffer) => {
    length += chunk.length
    frame = Buffer.concat([frame, chunk])
    for (; frame.length >= size; frame = frame.subarray(size)) numbers.push(frame.toString('latin1', 8, 11))
  })
  raw.socket.resume()
  await drained
  await until(() => length >= 500 * size)
  t.strictSame(numbers, Array.from({ length: 500 }, (_, i) => String(100 + i)))
  await until(() => socket.bufferedAmount === 0)
  t.ok(socket.transport.writable)
})

t.test('a request that is no upgrade is refused and harms no session', async (t) => {
  const { client, socket } = await (await serve(t)).connect('websocket')
  t.match(await client.request('GET'), { status: 426, body: 'upgrade required' })
  socket.send({ type: 'message', data: 'alive' })
  t.equal(await client.next(), '3:::alive')
})
