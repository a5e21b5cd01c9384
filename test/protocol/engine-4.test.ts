// Engine.IO protocol 4: every case of its published test suite (socketio/socket.io, docs/engine.io-protocol/v4-test-suite, at commit
// 36d2324), told anew, and cases of our own. Another server can be asked the same: see `start`.
import t from 'tap'
import { ENGINE_4, readOpen } from '../kit/engine-io/payload.js'
import { closeCases, handshakeCases, pingCases, silenceCases, upgradeCases } from './engine-cases.js'
import { messageCases } from './message-cases.js'
import { start, SUITE } from './suite-app.js'
import { askWhole, HttpEndpoint } from '../kit/engine-io/http-endpoint.js'
import { opened } from '../kit/websocket.js'

t.test('Engine.IO 4, with the times of the suite', async (t) => {
  const origin = await start(t, 'engine-echo', { path: '/engine.io', ...SUITE })
  const endpoint = () => new HttpEndpoint(`${origin}/engine.io/`, ENGINE_4)
  handshakeCases(t, endpoint)
  silenceCases(t, endpoint)
})

t.test('Engine.IO 4, its pings', async (t) => {
  const origin = await start(t, 'engine-echo', { path: '/engine.io', pingInterval: SUITE.pingInterval })
  pingCases(t, () => new HttpEndpoint(`${origin}/engine.io/`, ENGINE_4))
})

t.test('Engine.IO 4', async (t) => {
  const origin = await start(t, 'engine-echo', { path: '/engine.io', maxPayload: SUITE.maxPayload })
  const endpoint = () => new HttpEndpoint(`${origin}/engine.io/`, ENGINE_4)

  t.test('text and binary messages in one body come back in one body, the binary as base64', async (t) => {
    const session = await endpoint().poll()
    t.equal((await session.post('4hello\x1ebAQIDBA==')).body, 'ok')
    t.equal((await session.get()).body, '4hello\x1ebAQIDBA==')
  })

  t.test('binary messages of every length and byte come back over polling', async (t) => {
    const session = await endpoint().poll()
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    for (const bytes of [Buffer.of(), Buffer.of(255), Buffer.of(0, 62), Buffer.of(251, 255, 190), all]) {
      const packet = `b${Buffer.from(bytes).toString('base64')}`
      await session.send(packet)
      t.equal((await session.get()).body, packet)
    }
  })

  t.test('a binary message comes back over a WebSocket', async (t) => {
    const { wire } = await opened(endpoint().url('websocket'))
    wire.send(Uint8Array.of(1, 2, 3, 4))
    t.strictSame(await wire.next(), Buffer.of(1, 2, 3, 4))
    wire.close()
  })

  t.test('requests in another version than the session are refused', async (t) => {
    const session = await endpoint().poll()
    const { status, body } = await askWhole(endpoint().raw(`EIO=3&transport=polling&sid=${session.sid}`))
    t.equal(status, 400)
    t.match(JSON.parse(body), { code: 3 })
  })

  t.test('JSONP: scripts come down, forms go up', async (t) => {
    const { status, type, body } = await askWhole(endpoint().url('polling', '&j=7'))
    t.equal(status, 200)
    t.match(type, /^text\/javascript\b/)
    const [, literal = '""'] = /^___eio\[7\]\((".*")\);$/.exec(body) ?? []
    const { sid } = readOpen(JSON.parse(literal) as string)
    const url = endpoint().url('polling', `&j=7&sid=${sid}`)
    // As engine.io-client writes it: newlines as `\n`, and `\n` of the text itself as `\\n`.
    const form = new URLSearchParams({ d: '4a "b" \\\\n\x1e4c\\nd\u2028' })
    t.equal((await askWhole(url, { method: 'POST', body: form })).body, 'ok')
    const answer = (await askWhole(url)).body
    t.equal(answer, `___eio[7](${JSON.stringify('4a "b" \\n\x1e4c\nd\u2028').replace('\u2028', '\\u2028')});`)
  })

  messageCases(t, endpoint)
  closeCases(t, endpoint)
  upgradeCases(t, endpoint, { send: '4hello', answer: '4hello' })
})
