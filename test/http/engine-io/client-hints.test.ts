// What a session of Engine.IO 3 knows of its client: by EIO, by `t`, by `b64`, and by what it writes.
import t from 'tap'
import { pluginApp, portOf } from '../../kit/servers/app.js'
import type { Teardown } from '../../kit/teardown.js'
import { connectEngine, urlOf } from '../../kit/engine-io/inject.js'
import { ENGINE_3, ENGINE_4, readOpen } from '../../kit/engine-io/payload.js'
import { opened } from '../../kit/websocket.js'

/** 0 or 1 for text or binary, the digits of the length, 255, the packet. */
const packet = (kind: 0 | 1, body: Buffer): Buffer => Buffer.concat([Buffer.of(kind, ...String(body.length).split('').map(Number), 255), body])
const text = (frame: string): Buffer => packet(0, Buffer.from(frame))

/** A session whose messages are echoed. */
async function echoing (t: Teardown, query: string) {
  const app = await pluginApp(t)
  app.socketio.on('connection', (socket) => socket.on('data', (data) => { socket.write(data) }))
  const handshake = await app.inject(`/socket.io/?${query}`)
  const [open] = ENGINE_3.packets(handshake.rawPayload)
  const { sid } = readOpen(open)
  const url = `/socket.io/?EIO=3&transport=polling&sid=${sid}`
  return {
    app,
    handshake,
    async post (payload: string | Buffer, type = 'text/plain;charset=UTF-8') {
      const { body } = await app.inject({ method: 'POST', url, payload, headers: { 'content-type': type } })
      if (body !== 'ok') throw new Error(`the POST is answered with ${body}`)
    },
    poll: () => app.inject(url)
  }
}

t.test('clients of today get ASCII as text, and the rest as bytes', async (t) => {
  const { handshake, post, poll } = await echoing(t, 'EIO=3&transport=polling&t=Pabc123')
  t.match(handshake.headers['content-type'], /^text\/plain/)
  await post('2:4a')
  t.equal((await poll()).body, '2:4a')
  await post('2:4é')
  const { headers, rawPayload } = await poll()
  t.equal(headers['content-type'], 'application/octet-stream')
  t.strictSame(rawPayload, text('4é'))
})

for (const [what, query] of [
  ['1.0 and 1.1, which speak EIO 2', 'EIO=2&transport=polling&t=1400000000000-0'],
  ['1.2 and 1.3, which tell the time by 13 digits', 'EIO=3&transport=polling&t=1400000000000-0']
] as const) {
  t.test(`clients ${what}, get nothing but bytes`, async (t) => {
    const { handshake, post, poll } = await echoing(t, query)
    t.equal(handshake.headers['content-type'], 'application/octet-stream')
    await post('2:4a')
    t.strictSame((await poll()).rawPayload, text('4a'))
    await post('3:4\xc3\xa9')
    t.strictSame((await poll()).rawPayload, text('4é'))
    await post(packet(1, Buffer.of(4, 1, 255)), 'application/octet-stream')
    t.strictSame((await poll()).rawPayload, packet(1, Buffer.of(4, 1, 255)))
  })

  t.test(`clients ${what}, get the string of its bytes where they take only text`, async (t) => {
    const { handshake, post, poll } = await echoing(t, `${query}&b64=1`)
    t.match(handshake.headers['content-type'], /^text\/plain/)
    t.match(handshake.body, /^\d+:0\{"sid"/)
    await post('3:4\xc3\xa9')
    t.equal((await poll()).body, '3:4\xc3\xa9')
  })
}

t.test('what only looks like the time of an early client is none', async (t) => {
  for (const time of ['140000000000-0', '14000000000000-0', '1400000000000', '1400000000000-', 'a1400000000000-0', '1400000000000-0x', '']) {
    t.match((await echoing(t, `EIO=3&transport=polling&t=${time}`)).handshake.headers['content-type'], /^text\/plain/, time)
  }
})

t.test('a client that takes only text is learned by what it writes, for each session anew', async (t) => {
  const one = await echoing(t, 'EIO=3&transport=polling&b64=1')
  const other = await echoing(t, 'EIO=3&transport=polling&b64=1')
  await one.post('3:4\xc3\xa9')
  await other.post('2:4é')
  t.equal((await one.poll()).body, '3:4\xc3\xa9')
  t.equal((await other.poll()).body, '2:4é')
})

t.test('a payload of bytes is told by its Content-Type, in any spelling', async (t) => {
  const { post, poll } = await echoing(t, 'EIO=3&transport=polling&b64=1')
  for (const type of ['application/octet-stream', 'Application/Octet-Stream', 'application/octet-stream; charset=UTF-8']) {
    await post(Buffer.concat([text('4a'), packet(1, Buffer.of(4, 255))]), type)
    t.equal((await poll()).body, '2:4a6:b4/w==', type)
  }
})

t.test('a message of bytes that is empty is no message of text', async (t) => {
  const { post, poll } = await echoing(t, 'EIO=3&transport=polling')
  await post('1:42:b4')
  t.strictSame((await poll()).rawPayload, Buffer.concat([text('4'), packet(1, Buffer.of(4))]))
})

t.test('a POST in 3 is not read as one in 4, and the other way round', async (t) => {
  const app = await pluginApp(t)
  for (const [dialect, body] of [[ENGINE_3, '4a\x1e4b'], [ENGINE_4, '8:4a']] as const) {
    t.equal((await (await connectEngine(app, dialect)).post(body)).statusCode, 400)
  }
})

// ---- WebSockets

async function echoingSocket (t: Teardown, query: string) {
  const app = await pluginApp(t)
  app.socketio.on('connection', (socket) => socket.on('data', (data) => { socket.write(data) }))
  const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}/socket.io/?${query}`)
  t.teardown(() => wire.close())
  return async (message: string | Buffer): Promise<string | Buffer> => {
    wire.send(message)
    return await wire.next() ?? ''
  }
}

t.test('a WebSocket carries text as it is, and bytes with their type before them in 3', async (t) => {
  for (const [query, frame] of [['EIO=3', Buffer.of(4, 1, 255)], ['EIO=4', Buffer.of(1, 255)]] as const) {
    const echo = await echoingSocket(t, `${query}&transport=websocket`)
    for (const message of ['4é😀\u2028', '4\xc3\xa9', frame]) t.strictSame(await echo(message), message)
  }
})

t.test('a WebSocket of a client that takes only text carries bytes as base64', async (t) => {
  for (const [query, base64] of [['EIO=3&b64=1', 'b4Af8='], ['EIO=4&b64=1', 'bAf8=']] as const) {
    const echo = await echoingSocket(t, `${query}&transport=websocket`)
    for (const message of ['4é', base64]) t.strictSame(await echo(message), message)
  }
})

t.test('a WebSocket of EIO 2 carries text as the string of its bytes', async (t) => {
  const echo = await echoingSocket(t, 'EIO=2&transport=websocket')
  for (const message of ['4hello', '4\xc3\xa9\xf0\x9f\x98\x80', Buffer.of(4, 1, 255)]) t.strictSame(await echo(message), message)
})

t.test('the versions of a session do not mix, but for 2 and 3, which are one', async (t) => {
  const app = await pluginApp(t)
  const { sid } = await connectEngine(app, ENGINE_3)
  t.equal((await app.inject({ method: 'POST', url: urlOf(2, 'polling', `&sid=${sid}`), payload: '1:2' })).body, 'ok')
  t.equal((await app.inject({ method: 'POST', url: urlOf(4, 'polling', `&sid=${sid}`), payload: '2' })).statusCode, 400)
})
