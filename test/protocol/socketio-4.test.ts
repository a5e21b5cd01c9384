// Socket.IO protocol 4, over Engine.IO 3: no suite of it is published; these are the cases of 5's that its authors turned into cases of
// 4 on the way (socketio/socket.io-protocol at commit 721433a), told anew. Its Engine.IO half is engine-3.test.ts.
import t from 'tap'
import { ENGINE_3 } from '../kit/engine-io/payload.js'
import { messageCases } from './socketio-cases.js'
import { start } from './suite-app.js'
import { HttpEndpoint } from '../kit/engine-io/http-endpoint.js'
import { opened } from '../kit/websocket.js'
import type { WebSocketClient } from '../kit/websocket.js'

t.test('Socket.IO 4', async (t) => {
  const origin = await start(t, 'suite-app', { pingInterval: 25_000, pingTimeout: 20_000 })
  const endpoint = () => new HttpEndpoint(`${origin}/socket.io/`, ENGINE_3)

  async function connect (): Promise<WebSocketClient> {
    const { wire } = await opened(endpoint().url('websocket'))
    const greeting = await wire.take(2)
    if (greeting.join() !== '40,42["auth",{}]') throw new Error(`greeted with ${greeting.join()}`)
    return wire
  }

  t.test('a client is in the main namespace without asking', async (t) => {
    const wire = await connect()
    wire.send('42["message","to the main namespace"]')
    t.equal(await wire.next(), '42["message-back","to the main namespace"]')
    wire.close()
  })

  t.test('so is one that polls', async (t) => {
    const session = await endpoint().poll()
    t.equal((await session.get()).body, '2:4013:42["auth",{}]')
  })

  t.test('another namespace is connected when it is asked for', async (t) => {
    const wire = await connect()
    wire.send('40/custom,')
    t.strictSame(await wire.take(2), ['40/custom,', '42/custom,["auth",{}]'])
    wire.close()
  })

  t.test('a namespace that is none is refused, and the connection stays', async (t) => {
    const wire = await connect()
    wire.send('40/random')
    t.equal(await wire.next(), '44/random,{"message":"Invalid namespace"}')
    wire.send('42["message"]')
    t.equal(await wire.next(), '42["message-back"]')
    wire.close()
  })

  t.test('leaving another namespace keeps the main one', async (t) => {
    const wire = await connect()
    wire.send('40/custom')
    await wire.take(2)
    wire.send('41/custom', '42["message","to the main namespace"]')
    t.equal(await wire.next(), '42["message-back","to the main namespace"]')
    wire.close()
  })

  messageCases(t, connect, (bytes) => Uint8Array.of(4, ...bytes))
})
