// The packet face: decoded packets both ways, without the official Server.
import { once } from 'node:events'
import t from 'tap'
import { pluginApp } from '../kit/servers/app.js'
import type { OutgoingPacket, Packet } from '../../types/packet.js'
import { byScript } from '../kit/script.js'
import { connectPolling, connectWebsocket, handshake, poll, post } from '../kit/revision-1/inject.js'

/** What a client sends, and the packet that the application sees of it. */
const incoming: [string, Packet][] = [
  ['1::/chat', { type: 'connect', endpoint: '/chat' }],
  ['1::/chat:?a=b', { type: 'connect', endpoint: '/chat', query: '?a=b' }],
  ['0::/chat', { type: 'disconnect', endpoint: '/chat' }],
  ['3::', { type: 'message', endpoint: '', data: '' }],
  ['3:::a:b\nc', { type: 'message', endpoint: '', data: 'a:b\nc' }],
  ['3:1:/chat:x', { type: 'message', endpoint: '/chat', data: 'x', id: '1', ack: 'plain' }],
  ['3:007+::x', { type: 'message', endpoint: '', data: 'x', id: '007', ack: 'data' }],
  ['3:+::x', { type: 'message', endpoint: '', data: 'x' }],
  ['4:::{"a":[1,null]}', { type: 'json', endpoint: '', data: { a: [1, null] } }],
  ['5:2+::{"name":"n","args":[1,"x"]}', { type: 'event', endpoint: '', name: 'n', args: [1, 'x'], id: '2', ack: 'data' }],
  ['5:::{"name":"n"}', { type: 'event', endpoint: '', name: 'n', args: [] }],
  ['6:::1', { type: 'ack', endpoint: '', id: '1', args: [] }],
  ['6::/chat:007+["x",1]', { type: 'ack', endpoint: '/chat', id: '007', args: ['x', 1] }],
  ['7:::1+0', { type: 'error', endpoint: '', reason: 'client not handshaken', advice: 'reconnect' }]
]

for (const [frame, packet] of incoming) {
  t.test(`the application sees ${JSON.stringify(frame)} decoded`, async (t) => {
    const app = await pluginApp(t)
    const sid = await connectPolling(app)
    const got: Packet[] = []
    app.socketio.sessions.get(sid)?.on('packet', (one) => got.push(one))
    t.equal((await post(app, sid, frame)).body, '1')
    t.same(got, [packet])
  })
}

/** What the application sends, and what arrives. */
const outgoing: [OutgoingPacket, string][] = [
  [{ type: 'connect', endpoint: '/chat' }, '1::/chat'],
  [{ type: 'disconnect', endpoint: '/chat' }, '0::/chat'],
  [{ type: 'message', data: '' }, '3::'],
  [{ type: 'message', data: 'a:b' }, '3:::a:b'],
  [{ type: 'message', data: 'x', endpoint: '/chat' }, '3::/chat:x'],
  [{ type: 'message', data: 'x', ack: 'plain' }, '3:1::x'],
  [{ type: 'message', data: 'x', id: '9', ack: 'data' }, '3:9+::x'],
  [{ type: 'message', data: 'x', id: '9' }, '3:::x'],
  [{ type: 'json', data: { a: '\u2028' } }, '4:::{"a":"\\u2028"}'],
  [{ type: 'json', data: undefined }, '4:::null'],
  [{ type: 'event', name: 'n' }, '5:::{"name":"n"}'],
  [{ type: 'event', name: 'n', args: [1, 'ä'], ack: 'data', endpoint: '/chat' }, '5:1+:/chat:{"name":"n","args":[1,"ä"]}'],
  [{ type: 'ack', id: '007' }, '6:::007'],
  [{ type: 'ack', id: '1', args: ['x'], endpoint: '/chat' }, '6::/chat:1+["x"]'],
  [{ type: 'error', reason: 'unauthorized', endpoint: '/chat' }, '7::/chat:2'],
  [{ type: 'error', reason: 'client not handshaken', advice: 'reconnect' }, '7:::1+0']
]

for (const [packet, frame] of outgoing) {
  t.test(`the client receives ${JSON.stringify(frame)}`, async (t) => {
    const app = await pluginApp(t)
    const sid = await connectPolling(app)
    app.socketio.sessions.get(sid)?.send(packet)
    t.equal((await poll(app, sid)).body, frame)
  })
}

t.test('ids count per session from 1 for all endpoints and kinds, and send returns them', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const other = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  t.equal(socket?.send({ type: 'message', data: 'a', ack: 'plain' }), '1')
  t.equal(socket?.send({ type: 'event', name: 'b', ack: 'data', endpoint: '/chat' }), '2')
  t.equal(socket?.send({ type: 'message', data: 'c' }), undefined)
  t.equal(socket?.send({ type: 'json', data: 1, ack: 'data', id: '50' }), '50')
  t.equal(socket?.send({ type: 'message', data: 'd', ack: 'plain' }), '3')
  t.equal(app.socketio.sessions.get(other)?.send({ type: 'message', data: 'a', ack: 'plain' }), '1')
  t.equal((await poll(app, sid)).body,
    '\ufffd6\ufffd3:1::a\ufffd23\ufffd5:2+:/chat:{"name":"b"}\ufffd5\ufffd3:::c\ufffd8\ufffd4:50+::1\ufffd6\ufffd3:3::d')
})

t.test('a plain id is acknowledged before the listener says anything, an id with a plus is the listener\'s', async (t) => {
  const app = await pluginApp(t)
  const client = await connectWebsocket(app)
  app.socketio.sessions.get(client.sid)?.on('packet', (packet) => {
    if (packet.type === 'message') app.socketio.sessions.get(client.sid)?.send({ type: 'message', data: `got ${packet.data}` })
  })
  client.send('3:1:/chat:a')
  t.equal(await client.next(), '6::/chat:1')
  t.equal(await client.next(), '3:::got a')
  client.send('3:2+::b')
  t.equal(await client.next(), '3:::got b')
})

t.test('a packet that has no form on the wire is the caller\'s mistake, and nothing is sent', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  for (const packet of [
    { type: 'message', data: 'x', endpoint: '/a:b' }, { type: 'event', name: 'n', endpoint: ':' }, { type: 'connect', endpoint: 'a:' },
    { type: 'message', data: 'x', ack: 'plain', id: 'abc' }, { type: 'ack', id: '' }, { type: 'ack', id: '1+[]' }
  ] as OutgoingPacket[]) {
    t.throws(() => socket?.send(packet), { code: 'FST_SIO_INVALID_PACKET', message: /of type "/ }, JSON.stringify(packet))
  }
  const circular: unknown[] = []
  circular.push(circular)
  t.throws(() => socket?.send({ type: 'json', data: circular }), /circular/i)
  socket?.send({ type: 'message', data: 'after' })
  t.equal((await poll(app, sid)).body, '3:::after')
})

t.test('volatile packets are dropped when nothing is open, and sent when something is', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  socket?.send({ type: 'message', data: 'dropped' }, { volatile: true })
  socket?.send({ type: 'message', data: 'kept' })
  t.equal((await poll(app, sid)).body, '3:::kept')
  const client = await connectWebsocket(app)
  app.socketio.sessions.get(client.sid)?.send({ type: 'message', data: 'seen' }, { volatile: true })
  t.equal(await client.next(), '3:::seen')
})

t.test('disconnect without an endpoint ends the session: its goodbye goes out, and nothing after it', async (t) => {
  const app = await pluginApp(t)
  const client = await connectWebsocket(app)
  const socket = app.socketio.sessions.get(client.sid)
  const reasons: string[] = []
  socket?.on('close', (reason) => reasons.push(reason))
  t.equal(socket?.send({ type: 'disconnect' }), undefined)
  t.equal(socket?.send({ type: 'message', data: 'late', ack: 'plain' }), undefined)
  socket?.close()
  t.equal(await client.next(), '0::')
  await client.closed
  t.same(reasons, ['forced close'])
  t.equal(socket?.readyState, 'closed')
  t.equal(app.socketio.sessions.size, 0)
  t.equal(app.socketio.clientsCount, 0)
})

t.test('the goodbye of a client is seen, answered, and ends the session', async (t) => {
  const app = await pluginApp(t)
  const client = await connectWebsocket(app)
  const socket = app.socketio.sessions.get(client.sid)
  const got: Packet[] = []
  const reasons: string[] = []
  socket?.on('packet', (packet) => got.push(packet)).on('close', (reason) => reasons.push(reason))
  client.send('0::')
  t.equal(await client.next(), '0::')
  await client.closed
  t.same(got, [{ type: 'disconnect', endpoint: '' }])
  t.same(reasons, ['transport close'])
})

t.test('what is no packet is dropped, and those after it are not', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const got: Packet[] = []
  app.socketio.sessions.get(sid)?.on('packet', (packet) => got.push(packet))
  for (const frame of ['', 'x', '9:::x', '4:::{', '5:::{"args":[]}', '5:::[]', '6:::', '2::', '8::', '33:::x']) await post(app, sid, frame)
  t.same(got, [])
  await post(app, sid, '\ufffd1\ufffdx\ufffd5\ufffd3:::a\ufffd4\ufffd4:::\ufffd5\ufffd3:::b')
  t.same(got.map((packet) => 'data' in packet && packet.data), ['a', 'b'])
})

t.test('a listener that throws costs its packet only, and is logged', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  socket?.on('packet', (packet) => {
    if (packet.type === 'message' && packet.data === 'bad') throw new Error('a fault of the app')
    if (packet.type === 'message') socket.send(packet)
  })
  t.equal((await post(app, sid, '\ufffd7\ufffd3:::bad\ufffd8\ufffd3:::good')).body, '1')
  t.equal((await poll(app, sid)).body, '3:::good')
})

t.test('what a connection listener sends comes after the connect packet', async (t) => {
  const app = await pluginApp(t)
  app.socketio.on('connection', (socket) => { socket.send({ type: 'message', data: 'welcome' }) })
  const sid = await handshake(app)
  t.equal((await poll(app, sid)).body, '\ufffd3\ufffd1::\ufffd11\ufffd3:::welcome')
})

t.test('connection_error tells of each refused request, with its code', async (t) => {
  const app = await pluginApp(t, { transports: ['xhr-polling'], authorize: () => false })
  const told: unknown[] = []
  app.socketio.on('connection_error', ({ req, code, message, context }) => told.push([req.url, code, message, typeof context]))
  for (const url of ['/1/', '/2/', '/1/htmlfile/x', '/1/xhr-polling/nobody']) await app.inject(`/socket.io${url}`)
  t.same(told, [
    ['/socket.io/1/', 4, 'Forbidden', 'object'],
    ['/socket.io/2/', 5, 'Unsupported protocol version', 'object'],
    ['/socket.io/1/htmlfile/x', 0, 'Transport unknown', 'object'],
    ['/socket.io/1/xhr-polling/nobody', 1, 'Session ID unknown', 'object']
  ])
})

t.test('a session moves to another transport with what is queued, and no second connect', async (t) => {
  const app = await pluginApp(t)
  const sid = await connectPolling(app)
  const socket = app.socketio.sessions.get(sid)
  socket?.send({ type: 'message', data: 'queued' })
  const upgraded = socket === undefined ? Promise.reject(new Error('no session')) : once(socket, 'upgrade')
  const { body } = await app.inject(byScript(`/socket.io/1/jsonp-polling/${sid}?i=1`))
  t.equal(body, 'io.j[1]("3:::queued");')
  t.match(await upgraded, [{ name: 'jsonp-polling' }])
})
