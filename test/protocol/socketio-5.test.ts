// Socket.IO protocol 5: every case of its published test suite (socketio/socket.io, docs/socket.io-protocol/v5-test-suite, at commit
// b4002c2), told anew, and cases of our own. Another server can be asked the same: see `start`.
import t from 'tap'
import { ENGINE_4 } from '../kit/engine-io/payload.js'
import { closeCases, handshakeCases, pingCases, silenceCases, upgradeCases } from './engine-cases.js'
import { messageCases, TWO_BUFFERS } from './socketio-cases.js'
import { start } from './suite-app.js'
import { HttpEndpoint } from '../kit/engine-io/http-endpoint.js'
import { opened } from '../kit/websocket.js'
import type { WebSocketClient } from '../kit/websocket.js'

t.test('Socket.IO 5, with the times of the suite', async (t) => {
  const origin = await start(t, 'suite-app', {})
  const endpoint = () => new HttpEndpoint(`${origin}/socket.io/`, ENGINE_4)
  handshakeCases(t, endpoint)
  silenceCases(t, endpoint)
})

t.test('Socket.IO 5, its pings', async (t) => {
  const origin = await start(t, 'suite-app', { pingTimeout: 20_000 })
  const endpoint = () => new HttpEndpoint(`${origin}/socket.io/`, ENGINE_4)
  pingCases(t, endpoint)

  t.test('who leaves the main namespace stays connected, and is pinged', async (t) => {
    const { wire } = await opened(endpoint().url('websocket'))
    wire.send('40')
    t.match(await wire.next(), /^40\{/)
    t.equal(await wire.next(), '42["auth",{}]')
    wire.send('41')
    t.equal(await wire.next(), '2')
    wire.close()
  })
})

t.test('Socket.IO 5', async (t) => {
  const origin = await start(t, 'suite-app', { pingInterval: 25_000, pingTimeout: 20_000 })
  const endpoint = () => new HttpEndpoint(`${origin}/socket.io/`, ENGINE_4)
  closeCases(t, endpoint)
  upgradeCases(t, endpoint, { send: '40/random', answer: '44/random,{"message":"Invalid namespace"}' })

  const open = async (): Promise<WebSocketClient> => (await opened(endpoint().url('websocket'))).wire

  /** A WebSocket in the main namespace, its greeting read. */
  async function connect (): Promise<WebSocketClient> {
    const wire = await open()
    wire.send('40')
    await wire.take(2)
    return wire
  }

  t.test('connecting', async (t) => {
    const cases = [
      { to: 'the main namespace', send: '40', begins: '40', auth: '42["auth",{}]' },
      { to: 'the main namespace with a payload', send: '40{"token":"123"}', begins: '40', auth: '42["auth",{"token":"123"}]' },
      { to: 'another namespace', send: '40/custom,', begins: '40/custom,', auth: '42/custom,["auth",{}]' },
      { to: 'another namespace, without the comma', send: '40/custom', begins: '40/custom,', auth: '42/custom,["auth",{}]' },
      { to: 'another namespace with a payload', send: '40/custom,{"token":"abc"}', begins: '40/custom,', auth: '42/custom,["auth",{"token":"abc"}]' }
    ]
    for (const { to, send, begins, auth } of cases) {
      await t.test(`to ${to}`, async (t) => {
        const wire = await open()
        wire.send(send)
        const answer = String(await wire.next())
        t.equal(answer.slice(0, begins.length), begins)
        const { sid, ...rest } = JSON.parse(answer.slice(begins.length)) as { sid: unknown }
        t.type(sid, 'string')
        t.strictSame(rest, {})
        t.equal(await wire.next(), auth)
        wire.close()
      })
    }

    await t.test('to a namespace that is none is refused, and the connection stays', async (t) => {
      const wire = await open()
      wire.send('40/random')
      t.equal(await wire.next(), '44/random,{"message":"Invalid namespace"}')
      wire.send('40')
      t.match(await wire.next(), /^40\{/)
      wire.close()
    })

    await t.test('with something that is no packet closes the connection', async () => {
      const wire = await open()
      wire.send('4abc')
      await wire.closed
    })

    await t.test('not at all closes the connection', async () => {
      await (await open()).closed
    })

    await t.test('over polling', async (t) => {
      const session = await endpoint().poll()
      t.equal((await session.send('40')).body, 'ok')
      const [connected, auth] = (await session.get()).body.split('\x1e')
      t.match(connected, /^40\{"sid":"[^"]+"\}$/)
      t.equal(auth ?? (await session.get()).body, '42["auth",{}]')
    })
  })

  t.test('leaving another namespace keeps the main one', async (t) => {
    const wire = await connect()
    wire.send('40/custom')
    t.match(await wire.take(2), [/^40\/custom,\{/, /^42\/custom,/])
    wire.send('41/custom', '42["message","message to main namespace"]')
    t.equal(await wire.next(), '42["message-back","message to main namespace"]')
    wire.close()
  })

  messageCases(t, connect, (bytes) => bytes)

  t.test('an event with binary parts is answered over polling', async (t) => {
    const session = await endpoint().poll()
    await session.send('40')
    // The greeting may take one poll or two; a poll for what follows it is answered with nothing else.
    for (let body = ''; !body.endsWith('42["auth",{}]');) ({ body } = await session.get())
    await session.send(`452-["message",${TWO_BUFFERS}]`, 'bAQID', 'bBAUG')
    t.equal((await session.get()).body, `452-["message-back",${TWO_BUFFERS}]\x1ebAQID\x1ebBAUG`)
  })
})
