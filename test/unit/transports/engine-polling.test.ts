import type { Socket as TcpSocket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { readBody } from '../../kit/engine-io/payload.js'
import { serveEngine } from '../../kit/engine-io/server.js'
import { clock } from '../../kit/clock.js'
import { behaviour } from './engine-io-behaviour.js'
import { until } from '../../kit/waiting.js'
import type { Eio, Message } from '../../kit/engine-io/payload.js'
import { beganGet, over } from '../../kit/raw/unread.js'

for (const eio of [3, 4] as const) {
  for (const way of ['xhr', 'xhr, b64', 'jsonp'] as const) behaviour(eio, way)
}

// ---- readers that are slow, and polls that break

const DATA = 'x'.repeat(12_000_000) // more than the system's buffers take for a peer that does not read
const COUNT = 1
const texts = (packets: readonly Message[]): string[] => packets.map((packet) => packet.toString().replace(DATA, ''))
const LONG = Array.from({ length: COUNT }, (_, i) => `4${i} `)

/** A poll over a connection whose reader has seen the first bytes of a long answer and reads no more. */
async function underWay (t: Test, eio: Eio, options = {}) {
  const server = await serveEngine(t, { maxQueueBytes: 100_000_000, ...options })
  const session = await server.connect(eio, 'xhr')
  const { client, socket } = session
  for (let i = 0; i < COUNT; i++) socket.write(`${i} ${DATA}`)
  const tcp = await beganGet(t, client.url('polling'))
  return { server, tcp, ...session }
}

/** Reads on, until the body is whole. */
async function readOn (tcp: TcpSocket): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  tcp.on('data', (chunk: Buffer) => { bytes = Buffer.concat([bytes, chunk]) })
  const body = (): Buffer => bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  await until(() => bytes.includes('\r\n\r\n') && body().length >= Number(/content-length: (\d+)/i.exec(bytes.toString('latin1', 0, 2000))?.[1]))
  return body()
}

for (const eio of [3, 4] as const) {
  t.test(`engine ${eio}: what is sent while a slow reader has an answer under way waits, and comes with the next poll`, async (t) => {
    const { tcp, client, socket, closed } = await underWay(t, eio)
    let drained = 0
    socket.on('drain', () => drained++)
    t.ok(socket.bufferedAmount >= COUNT * DATA.length, 'the answer is not handed over yet')
    socket.write('behind')
    socket.write('volatile', { volatile: true })
    t.strictSame(texts(readBody(await readOn(tcp), eio)), LONG)
    await until(() => socket.bufferedAmount === '4behind'.length)
    t.equal(drained, 0)
    t.strictSame(await client.poll(), ['4behind'], 'the volatile one found nobody')
    t.equal(drained, 1)
    t.strictSame(closed, { count: 0 })
  })

  t.test(`engine ${eio}: a client that breaks off an answer has given up its session`, async (t) => {
    const { tcp, client, closed, server } = await underWay(t, eio)
    tcp.destroy()
    await until(() => closed.count > 0)
    t.match(closed, { count: 1, reason: 'transport error', end: 'connection broken', cause: { message: 'the connection of a poll broke' } })
    t.match(await client.hold().answer, { status: 400 })
    t.equal(server.app.socketio.sessions.size, 0)
  })

  t.test(`engine ${eio}: a poll beside an answer that is still under way ends the session, and is told`, async (t) => {
    const { client, tcp, closed } = await underWay(t, eio)
    const broken = over(tcp)
    t.strictSame(await client.poll(), ['1'])
    t.match(closed, { count: 1, reason: 'transport error' })
    tcp.resume()
    await broken
  })

  t.test(`engine ${eio}: a reader so slow that more than maxQueueBytes wait behind its answer is closed, and its connection broken`, async (t) => {
    const { tcp, socket, closed, server } = await underWay(t, eio, { maxQueueBytes: COUNT * (DATA.length + 1000) })
    const broken = over(tcp)
    for (let i = 0; i <= COUNT && closed.count === 0; i++) socket.write(`${i} ${DATA} more`)
    t.match(closed, { count: 1, reason: 'transport error', end: 'slow client' })
    tcp.resume()
    await broken
    t.equal(server.app.socketio.sessions.size, 0)
  })

  t.test(`engine ${eio}: between polls, a client that does not come is closed above maxQueueBytes`, async (t) => {
    const server = await serveEngine(t, { maxQueueBytes: 1000 })
    const { client, socket, closed } = await server.connect(eio, 'xhr')
    socket.write('x'.repeat(999 - 96)) // what it takes of memory beside
    t.equal(closed.count, 0)
    socket.write('x')
    t.match(closed, { count: 1, reason: 'transport error', end: 'slow client' })
    t.match(await client.hold().answer, { status: 400 })
  })

  t.test(`engine ${eio}: closing while an answer is under way: it is read whole, what waits comes next, then the end`, async (t) => {
    const { tcp, client, socket, closed } = await underWay(t, eio)
    socket.write('behind')
    socket.close()
    t.strictSame([socket.readyState, closed.count], ['closing', 0])
    t.strictSame(texts(readBody(await readOn(tcp), eio)), LONG)
    t.strictSame(await client.poll(), ['4behind'])
    t.strictSame(await client.poll(), ['1'])
    t.match(closed, { count: 1, reason: 'forced close' })
    t.match(await client.hold().answer, { status: 400 })
  })

  t.test(`engine ${eio}: a client that does not come for what is left is waited for closeTimeout and no longer`, async (t) => {
    const tick = clock(t)
    const server = await serveEngine(t, { closeTimeout: 5000 })
    const { client, socket, closed } = await server.connect(eio, 'xhr')
    socket.write('left')
    socket.close()
    tick(4900)
    t.equal(closed.count, 0)
    tick(200)
    t.match(closed, { count: 1, reason: 'forced close' })
    t.match(await client.hold().answer, { status: 400 })
    t.equal(tick.running(), 0)
  })
}
