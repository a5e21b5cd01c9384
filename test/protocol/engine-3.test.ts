// Engine.IO protocol 3: every case of its published test suite (socketio/socket.io, docs/engine.io-protocol/v3-test-suite, at commit
// 68efa28, with the refusals that only socketio/engine.io-protocol asks for, at 6bfbef9), told anew, and cases of our own. Another server
// can be asked the same: see `start`.
import t from 'tap'
import { ENGINE_3 } from '../kit/engine-io/payload.js'
import { closeCases, handshakeCases, silenceCases, upgradeCases } from './engine-cases.js'
import { messageCases } from './message-cases.js'
import { start, SUITE } from './suite-app.js'
import { HttpEndpoint } from '../kit/engine-io/http-endpoint.js'
import { opened } from '../kit/websocket.js'

t.test('Engine.IO 3, with the times of the suite', async (t) => {
  const origin = await start(t, 'engine-echo', { path: '/engine.io', ...SUITE })
  const endpoint = () => new HttpEndpoint(`${origin}/engine.io/`, ENGINE_3)
  handshakeCases(t, endpoint)
  silenceCases(t, endpoint)
})

t.test('Engine.IO 3', async (t) => {
  const origin = await start(t, 'engine-echo', { path: '/engine.io', maxPayload: SUITE.maxPayload })
  const endpoint = () => new HttpEndpoint(`${origin}/engine.io/`, ENGINE_3)

  t.test('the pings of a polling client are answered', async (t) => {
    const session = await endpoint().poll('&b64=1')
    for (let i = 0; i < 3; i++) {
      t.equal((await session.post('1:2')).status, 200)
      const { status, body } = await session.get()
      t.equal(status, 200)
      t.equal(body, '1:3')
    }
  })

  t.test('the pings of a WebSocket are answered', async (t) => {
    const { wire } = await opened(endpoint().url('websocket'))
    for (let i = 0; i < 3; i++) {
      wire.send('2')
      t.equal(await wire.next(), '3')
    }
    wire.close()
  })

  t.test('a client that asked for base64 gets binary messages as base64', async (t) => {
    const session = await endpoint().poll('&b64=1')
    t.equal((await session.post('6:4hello10:b4AQIDBA==')).body, 'ok')
    t.equal((await session.get()).body, '6:4hello10:b4AQIDBA==')
  })

  // Each packet: 0 or 1 for text or binary, the decimal digits of its length as bytes, 255, the packet.
  const MIXED = Uint8Array.of(0, 6, 255, 52, 104, 101, 108, 108, 111, 1, 5, 255, 4, 1, 2, 3, 4)

  t.test('a client that did not gets text and binary messages as one binary payload', async (t) => {
    const session = await endpoint().poll()
    t.equal((await session.post('6:4hello10:b4AQIDBA==')).body, 'ok')
    const poll = await session.get()
    t.equal(poll.type, 'application/octet-stream')
    t.strictSame(poll.bytes, Buffer.from(MIXED))
  })

  t.test('a binary payload is read as one', async (t) => {
    const session = await endpoint().poll()
    t.equal((await session.post(MIXED, { 'content-type': 'application/octet-stream' })).body, 'ok')
    t.strictSame((await session.get()).bytes, Buffer.from(MIXED))
  })

  t.test('a client that asked for base64, and writes its text as it is, is answered in kind', async (t) => {
    const session = await endpoint().poll('&b64=1')
    t.equal((await session.post('5:4é😀\u2028')).body, 'ok')
    t.equal((await session.get()).body, '5:4é😀\u2028')
  })

  t.test('a binary message comes back over a WebSocket, its type before it', async (t) => {
    const { wire } = await opened(endpoint().url('websocket'))
    wire.send(Uint8Array.of(4, 1, 2, 3, 4))
    t.strictSame(await wire.next(), Buffer.of(4, 1, 2, 3, 4))
    wire.close()
  })

  messageCases(t, endpoint)
  closeCases(t, endpoint)
  upgradeCases(t, endpoint, { send: '4hello', answer: '4hello' })
})
