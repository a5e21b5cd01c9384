import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import type { Socket } from '../../../types/socket.js'
import { serveEngine } from '../../kit/engine-io/server.js'
import type { Eio } from '../../kit/engine-io/payload.js'
import { maskedFrame } from '../../kit/raw/frames.js'
import { until } from '../../kit/waiting.js'
import { behaviour } from './engine-io-behaviour.js'
import { rawWebSocket } from '../../kit/raw/websocket.js'

for (const eio of [3, 4] as const) {
  for (const way of ['websocket', 'websocket, b64'] as const) behaviour(eio, way)
}

/** A WebSocket down to its bytes, its open packet read; what follows is read when the test says so. */
async function rawSession (t: Test, eio: Eio, options = {}) {
  const server = await serveEngine(t, options)
  const connected = once(server.app.socketio, 'connection')
  const peer = await rawWebSocket(t, server.client(eio, 'websocket').url('websocket'))
  const [socket] = await connected as [Socket]
  await until(() => peer.received.length > 0)
  const closed: unknown[][] = []
  socket.on('close', (...args) => closed.push(args))
  const start = peer.received.length
  return { server, peer, socket, closed, rest: () => peer.received.subarray(start) }
}

const DATA = 'x'.repeat(60_000)
const COUNT = 500
/** Its header, type and three digits before the data. */
const SIZE = 4 + 1 + 3 + DATA.length

for (const eio of [3, 4] as const) {
  t.test(`engine ${eio}: text is a text frame, binary a binary one, and nothing is compressed`, async (t) => {
    const { peer, socket, rest } = await rawSession(t, eio)
    t.notOk(peer.headers['sec-websocket-extensions'], 'though one was offered')
    socket.write('é')
    socket.write(Buffer.of(1, 2))
    const frames = Buffer.concat([Buffer.of(0x81, 3), Buffer.from('4é'), eio === 4 ? Buffer.of(0x82, 2, 1, 2) : Buffer.of(0x82, 3, 4, 1, 2)])
    await until(() => rest().length >= frames.length)
    t.strictSame(rest(), frames)
  })

  t.test(`engine ${eio}: packets for a peer that does not read wait in order until it does`, async (t) => {
    const { peer, socket, closed } = await rawSession(t, eio, { maxQueueBytes: 100_000_000 })
    peer.socket.removeAllListeners('data').pause()
    const drained = once(socket, 'drain')
    for (let i = 100; i < 100 + COUNT; i++) socket.write(`${i}${DATA}`)
    socket.write('volatile', { volatile: true })
    t.notOk(socket.transport.writable)
    t.ok(socket.bufferedAmount > 1_000_000)
    const numbers = await readNumbers(peer.socket)
    await drained
    t.strictSame(numbers, Array.from({ length: COUNT }, (_, i) => String(100 + i)))
    await until(() => socket.bufferedAmount === 0)
    t.ok(socket.transport.writable)
    t.strictSame(closed, [])
  })

  t.test(`engine ${eio}: a peer that does not read is closed above maxQueueBytes, and its connection broken`, async (t) => {
    const { peer, socket, closed, server } = await rawSession(t, eio, { maxQueueBytes: 1_000_000 })
    peer.socket.pause()
    for (let i = 0; i < 1000 && closed.length === 0; i++) socket.write(`${i}${DATA}`)
    t.match(closed, [['transport error', { reason: 'slow client' }]])
    t.equal(server.app.socketio.sessions.size, 0)
    peer.socket.resume()
    await peer.closed
  })

  t.test(`engine ${eio}: with slowClient "drop", a peer that does not read loses volatile packets and nothing else`, async (t) => {
    const { peer, socket, closed } = await rawSession(t, eio, { maxQueueBytes: 1_000_000, slowClient: 'drop' })
    peer.socket.removeAllListeners('data').pause()
    while (socket.transport.writable) socket.write(`100${DATA}`)
    for (let i = 0; i < 100; i++) socket.write(`200${DATA}`, { volatile: true })
    for (let i = 300; i < 310; i++) socket.write(`${i}${DATA}`)
    t.strictSame(closed, [])
    const size = COUNT
    const numbers = await readNumbers(peer.socket, () => socket.bufferedAmount === 0, size)
    t.strictSame(numbers.filter((number) => number >= '300'), Array.from({ length: 10 }, (_, i) => String(300 + i)))
    const kept = numbers.filter((number) => number === '200').length
    t.ok(kept > 0 && kept < 100, `${kept} of the volatile ones`)
    t.strictSame(numbers, [...numbers].sort())
  })

  t.test(`engine ${eio}: closing with packets queued for a slow peer: it reads all of them, then the end`, async (t) => {
    const { peer, socket, closed } = await rawSession(t, eio, { maxQueueBytes: 100_000_000 })
    peer.socket.removeAllListeners('data').pause()
    for (let i = 100; i < 100 + COUNT; i++) socket.write(`${i}${DATA}`)
    socket.close()
    socket.write('too late')
    t.strictSame([socket.readyState, closed], ['closing', []])
    // Slower than what a peer is given to answer a close frame.
    await new Promise((resolve) => setTimeout(resolve, 400))
    const numbers = await readNumbers(peer.socket)
    t.strictSame(numbers, Array.from({ length: COUNT }, (_, i) => String(100 + i)))
    await until(() => closed.length > 0)
    t.strictSame(closed, [['forced close', { reason: 'closed by server' }]])
  })

  t.test(`engine ${eio}: a close frame of the client is answered with one and ends the session`, async (t) => {
    const { peer, closed, server, rest } = await rawSession(t, eio)
    const ended = once(peer.socket, 'end')
    peer.socket.write(maskedFrame(8, Buffer.of(3, 0xe8)))
    await ended
    t.strictSame(rest(), Buffer.of(0x88, 2, 3, 0xe8))
    await until(() => closed.length > 0)
    t.strictSame(closed, [['transport close', { reason: 'connection closed' }]])
    t.equal(server.app.socketio.sessions.size, 0)
  })

  t.test(`engine ${eio}: a frame that breaks the WebSocket protocol ends the session with an error`, async (t) => {
    const { peer, closed } = await rawSession(t, eio)
    peer.socket.write(Buffer.of(0xff, 0xff, 0, 0))
    await until(() => closed.length > 0)
    t.match(closed, [['transport error', { reason: 'protocol violation', cause: Error }]])
  })

  t.test(`engine ${eio}: a message may come in fragments that cut a character, with a ping of WebSockets between them`, async (t) => {
    const { peer, socket, rest } = await rawSession(t, eio)
    const arrived = once(socket, 'data')
    const bytes = Buffer.from('4a😀b')
    peer.socket.write(Buffer.concat([maskedFrame(1, bytes.subarray(0, 4), false), maskedFrame(9, 'ping'), maskedFrame(0, bytes.subarray(4))]))
    t.strictSame(await arrived, ['a😀b'])
    await until(() => rest().length >= 6)
    t.strictSame(rest(), Buffer.concat([Buffer.of(0x8a, 4), Buffer.from('ping')]))
  })
}

/** Reads frames of one size by the digits after their type, until there are so many or it is said to be enough. */
async function readNumbers (socket: NodeJS.ReadableStream, enough = () => false, count = COUNT): Promise<string[]> {
  const numbers: string[] = []
  let bytes = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    for (; bytes.length >= SIZE; bytes = bytes.subarray(SIZE)) numbers.push(bytes.toString('latin1', 5, 8))
  })
  socket.resume()
  await until(() => numbers.length >= count || (enough() && bytes.length === 0))
  return numbers
}
