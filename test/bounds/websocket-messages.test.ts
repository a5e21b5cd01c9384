// How large a WebSocket message may be: `maxPayload`, whole, in fragments, compressed, text or binary.
import { once } from 'node:events'
import t from 'tap'
import { WebSocket } from 'ws'
import { captureLog, pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { maskedFrame } from '../kit/raw/frames.js'
import { turn, until } from '../kit/waiting.js'
import type { EndReason } from '../../types/reasons.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { handshake } from '../kit/revision-1/inject.js'

const MAX = 100 // of frames whose length is one byte
const TEXT = 1
const BINARY = 2
const MORE = 0
/** A close frame that says 1009, "Message Too Big". */
const TOO_BIG = Buffer.from([0x88, 2, 0x03, 0xf1])

const WEB_SOCKETS = ['websocket', 'flashsocket', 'engine 3', 'engine 4'] as const
type Name = typeof WEB_SOCKETS[number]
const isEngine = (name: Name): boolean => name.startsWith('engine')
/** A message as a packet of exactly so many bytes. */
const packet = (name: Name, size: number): string => (isEngine(name) ? '4' : '3:::').padEnd(size, 'x')
const textIn = (name: Name, size: number): string => packet(name, size).slice(isEngine(name) ? 1 : 4)

async function setUp (t: Teardown, name: Name, options: SocketioTransportsOptions = {}) {
  const { lines, logger } = captureLog()
  const app = await pluginApp(t, { transports: ['websocket', 'flashsocket', 'polling'], maxPayload: MAX, ...options }, { logger })
  const heard: (string | Buffer)[] = []
  const ends: unknown[] = []
  app.socketio.on('connection', (socket) => {
    if (isEngine(name)) socket.on('data', (data) => heard.push(data))
    else socket.on('packet', (packet) => { if (packet.type === 'message') heard.push(packet.data) })
    socket.on('close', (reason, { reason: end }) => ends.push([reason, end]))
  })
  const origin = `127.0.0.1:${await portOf(app)}`
  const url = async (): Promise<string> => isEngine(name)
    ? `${origin}/socket.io/?EIO=${name.slice(-1)}&transport=websocket`
    : `${origin}/socket.io/1/${name}/${await handshake(app)}`
  const open = async () => {
    const raw = await rawWebSocket(t, `http://${await url()}`)
    await raw.takeText()
    return raw
  }
  return { app, lines, heard, ends, url, open }
}

const ENDED: [string, EndReason] = ['transport error', 'payload too large']

for (const name of WEB_SOCKETS) {
  /** What is sent, a frame after the other, and how large it is. */
  const messages: Record<string, (size: number) => Buffer[]> = {
    whole: (size) => [maskedFrame(TEXT, packet(name, size))],
    'in fragments': (size) => [maskedFrame(TEXT, packet(name, 60), false), maskedFrame(MORE, 'x'.repeat(size - 60))],
    'in many fragments': (size) => [
      maskedFrame(TEXT, packet(name, 5), false),
      ...Array.from({ length: size - 6 }, () => maskedFrame(MORE, 'x', false)),
      maskedFrame(MORE, 'x')
    ],
    'in fragments that come apart, with a ping between': (size) => [
      maskedFrame(TEXT, packet(name, size - 1), false), maskedFrame(9, ''), maskedFrame(MORE, 'x')
    ]
  }

  for (const [form, message] of Object.entries(messages)) {
    t.test(`${name}: a message ${form} may have maxPayload bytes; with one more its session ends and its WebSocket is closed with 1009`, async (t) => {
      const { app, lines, heard, ends, open } = await setUp(t, name)
      const [peer, other] = [await open(), await open()]
      for (const size of [MAX - 1, MAX]) peer.socket.write(Buffer.concat(message(size)))
      await until(() => heard.length === 2)
      t.strictSame(heard, [textIn(name, MAX - 1), textIn(name, MAX)])
      t.strictSame(ends, [])
      for (const piece of message(MAX + 1)) {
        peer.socket.write(piece)
        await turn()
      }
      await peer.closed
      t.strictSame(peer.received.subarray(-4), TOO_BIG)
      t.strictSame(ends, [ENDED])
      t.equal(heard.length, 2, 'nothing of it is heard')
      t.strictSame(app.socketio.metrics.ended, { 'payload too large': 1 })
      t.match(lines.filter(({ msg }) => msg === 'session ended'), [{ level: 40, reason: 'payload too large', detail: 'Max payload size exceeded', err: undefined }])
      other.socket.write(maskedFrame(TEXT, packet(name, 10)))
      await until(() => heard.length === 3)
      t.equal(app.socketio.sessions.size, 1, 'the other one goes on')
    })
  }

  t.test(`${name}: the first frame of a message that says more than maxPayload is enough`, async (t) => {
    const { ends, open } = await setUp(t, name)
    const peer = await open()
    peer.socket.write(Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4])) // 4 GiB are to come
    await peer.closed
    t.strictSame(peer.received, TOO_BIG)
    t.strictSame(ends, [ENDED])
  })

  t.test(`${name}: a client that goes on to send many megabytes reads 1009`, async (t) => {
    const { ends, url } = await setUp(t, name)
    const client = new WebSocket(`ws://${await url()}`)
    t.teardown(() => client.terminate())
    client.on('error', () => {})
    await once(client, 'message')
    client.send(packet(name, 10_000_000))
    const [code] = await once(client, 'close')
    t.equal(code, 1009)
    t.strictSame(ends, [ENDED])
  })

  t.test(`${name}: a compressed message counts as large as it is when it is read`, async (t) => {
    const { heard, ends, url } = await setUp(t, name, { perMessageDeflate: true, maxPayload: 50_000 })
    const client = new WebSocket(`ws://${await url()}`, { perMessageDeflate: { threshold: 0 } })
    t.teardown(() => client.terminate())
    client.on('error', () => {})
    await once(client, 'message')
    t.equal(client.extensions, 'permessage-deflate')
    client.send(packet(name, 50_000))
    await until(() => heard.length === 1)
    t.equal(String(heard[0]), textIn(name, 50_000))
    client.send(packet(name, 50_001))
    const [code] = await once(client, 'close')
    t.equal(code, 1009)
    t.strictSame([heard.length, ends], [1, [ENDED]])
  })
}

for (const eio of [3, 4]) {
  t.test(`engine ${eio}: binary messages have the same bound`, async (t) => {
    const { heard, ends, open } = await setUp(t, `engine ${eio === 3 ? 3 : 4}`)
    const peer = await open()
    const bytes = (size: number): Buffer => Buffer.alloc(size, 4) // in 3 the first byte says that it is a message
    peer.socket.write(maskedFrame(BINARY, bytes(MAX)))
    await until(() => heard.length === 1)
    t.strictSame(heard, [bytes(eio === 3 ? MAX - 1 : MAX)])
    peer.socket.write(maskedFrame(BINARY, bytes(MAX + 1)))
    await peer.closed
    t.strictSame(peer.received, TOO_BIG)
    t.strictSame(ends, [ENDED])
  })

  t.test(`engine ${eio}: a WebSocket that is tried out for a session and sends too much is closed with 1009; the session goes on`, async (t) => {
    const { app, ends } = await setUp(t, 'engine 4')
    const { body } = await app.inject(`/socket.io/?EIO=${eio}&transport=polling`)
    const [, sid = ''] = /"sid":"([^"]+)"/.exec(body) ?? []
    const raw = await rawWebSocket(t, `http://127.0.0.1:${await portOf(app)}/socket.io/?EIO=${eio}&transport=websocket&sid=${sid}`)
    raw.socket.write(maskedFrame(TEXT, '2probe'))
    await until(() => raw.received.length > 0)
    raw.socket.write(maskedFrame(TEXT, packet('engine 4', MAX + 1)))
    await raw.closed
    t.strictSame(raw.received.subarray(-4), TOO_BIG)
    t.strictSame(ends, [])
    t.equal(app.socketio.sessions.get(sid)?.readyState, 'open')
    t.equal(app.socketio.sessions.get(sid)?.transport.name, 'polling')
  })
}
