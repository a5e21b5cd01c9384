import t from 'tap'
import { rawWebSocket } from '../../kit/raw/websocket.js'
import { serve } from '../../kit/revision-1/server.js'
import { behaviour } from './revision-1-behaviour.js'

behaviour('flashsocket')

t.test('flash speaks WebSocket under a name of its own', async (t) => {
  const server = await serve(t)
  const sid = await server.handshake()
  const raw = await rawWebSocket(t, `http://127.0.0.1:${server.port}/socket.io/1/flashsocket/${sid}`)
  t.equal(raw.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  t.strictSame(await raw.bytes(5), Buffer.from([0x81, 3, ...Buffer.from('1::')]))
  t.equal(server.socketOf(sid).transport.name, 'flashsocket')
})

t.test('flashsocket alone may be offered', async (t) => {
  const server = await serve(t, { transports: ['flashsocket'] })
  const { client } = await server.connect('flashsocket')
  const websocket = await server.client('websocket', client.sid)
  t.match(await websocket.request('GET'), { status: 400, body: 'transport unknown or not enabled' })
})
