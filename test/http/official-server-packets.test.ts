// The official Server on top of revision 1, driven with raw packets: messages, acknowledgements, rooms, the handshake.
import { once } from 'node:events'
import { Server } from 'socket.io'
import type { Socket } from 'socket.io'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { newApp, serverApp, socketOf } from '../kit/servers/app.js'
import { connectPolling, connectWebsocket, poll, post } from '../kit/revision-1/inject.js'

t.test('a Server comes from its options, is one of the app\'s, or is bound by hand', async (t) => {
  const own = new Server()
  const byHand = new Server()
  const made = await serverApp(t)
  const given = await serverApp(t, { io: own })
  const bare = newApp(t)
  await bare.register(socketioTransports)
  byHand.bind(bare.socketio)
  t.ok(made.io instanceof Server)
  t.equal(given.io, own)
  t.notOk(bare.hasDecorator('io'))
  for (const [app, io] of [[made, made.io], [given, own], [bare, byHand]] as const) {
    io.on('connection', (socket) => socket.on('message', (data) => socket.send(`got ${data}`)))
    const sid = await connectPolling(app)
    await post(app, sid, '3:::x')
    t.equal((await poll(app, sid)).body, '3:::got x')
    t.equal(socketOf(io, sid).id, sid)
  }
})

t.test('messages, JSON and events go both ways', async (t) => {
  const app = await serverApp(t)
  const got: unknown[] = []
  app.io.on('connection', (socket) => socket.onAny((...args: unknown[]) => got.push(args)))
  const client = await connectWebsocket(app)
  for (const frame of ['3:::a:b', '3::', '4:::{"a":1}', '4:::null', '5:::{"name":"n"}', '5:::{"name":"n","args":[1,[2],{"x":null}]}', '3:1::end']) client.send(frame)
  t.equal(await client.next(), '6:::1')
  t.same(got, [['message', 'a:b'], ['message', ''], ['message', { a: 1 }], ['message', null], ['n'], ['n', 1, [2], { x: null }], ['message', 'end']])
  const socket = socketOf(app.io, client.sid)
  socket.send('a:b')
  socket.send('')
  socket.send({ a: 1 })
  socket.send('two', 'texts')
  socket.emit('n')
  socket.emit('n', 1, 'x', null, '\u2028')
  for (const frame of ['3:::a:b', '3::', '4:::{"a":1}', '5:::{"name":"message","args":["two","texts"]}', '5:::{"name":"n"}', '5:::{"name":"n","args":[1,"x",null,"\\u2028"]}']) {
    t.equal(await client.next(), frame)
  }
})

t.test('a client\'s ids are acknowledged: a plain one by itself, one with a plus by the handler, as text', async (t) => {
  const app = await serverApp(t)
  app.io.on('connection', (socket) => {
    socket.on('message', (_data, ack) => ack?.('got', 1))
    socket.on('n', (ack) => ack())
  })
  const client = await connectWebsocket(app)
  for (const [sent, answer] of [['3:1::x', '6:::1'], ['3:007+::x', '6:::007+["got",1]'], ['4:3+::[]', '6:::3+["got",1]'],
    ['5:1234567890123456+::{"name":"n"}', '6:::1234567890123456']] as const) {
    client.send(sent)
    t.equal(await client.next(), answer)
  }
})

t.test('the Server\'s acknowledgements: events ask with a plus, messages plainly; emitWithAck, with and without a timeout', async (t) => {
  const app = await serverApp(t)
  const client = await connectWebsocket(app)
  const socket = socketOf(app.io, client.sid)
  const answer = socket.emitWithAck('q', 'x')
  t.equal(await client.next(), '5:1+::{"name":"q","args":["x"]}')
  client.send('6:::1+["a","b"]')
  t.equal(await answer, 'a')
  const timed = socket.timeout(5000).emitWithAck('q')
  t.equal(await client.next(), '5:2+::{"name":"q"}')
  client.send('6:::2+[{"z":1}]')
  t.same(await timed, { z: 1 })
  const sent = new Promise((resolve) => socket.send('x', (...args: unknown[]) => resolve(args)))
  t.equal(await client.next(), '3:3::x')
  client.send('6:::3')
  t.same(await sent, [])
  await t.rejects(socket.timeout(20).emitWithAck('q'), { message: 'operation has timed out' })
  t.equal(await client.next(), '5:4+::{"name":"q"}')
  client.send('6:::4+["late"]')
  client.send('6:::99')
  client.send('3:5::still here')
  t.equal(await client.next(), '6:::5')
})

t.test('rooms, broadcasts and broadcasts with an acknowledgement reach whom they are for', async (t) => {
  const app = await serverApp(t)
  app.io.on('connection', (socket) => {
    socket.on('join', async (room, ack) => { await socket.join(room); ack() })
    socket.on('say', (text) => socket.broadcast.emit('said', text))
  })
  const one = await connectWebsocket(app)
  const two = await connectWebsocket(app)
  const polling = await connectPolling(app)
  one.send('5:1+::{"name":"join","args":["r"]}')
  t.equal(await one.next(), '6:::1')
  app.io.to('r').emit('room', 1)
  app.io.emit('all', 2)
  t.equal(await one.next(), '5:::{"name":"room","args":[1]}')
  for (const client of [one, two]) t.equal(await client.next(), '5:::{"name":"all","args":[2]}')
  one.send('5:::{"name":"say","args":["hi"]}')
  t.equal(await two.next(), '5:::{"name":"said","args":["hi"]}')
  const all = '5:::{"name":"all","args":[2]}'
  const said = '5:::{"name":"said","args":["hi"]}'
  t.equal((await poll(app, polling)).body, `\ufffd${all.length}\ufffd${all}\ufffd${said.length}\ufffd${said}`)

  app.socketio.sessions.get(polling)?.send({ type: 'message', data: 'first', ack: 'plain' })
  t.equal((await poll(app, polling)).body, '3:1::first')
  const answers = app.io.timeout(5000).emitWithAck('vote')
  t.equal(await one.next(), '5:1+::{"name":"vote"}')
  t.equal(await two.next(), '5:1+::{"name":"vote"}')
  t.equal((await poll(app, polling)).body, '5:2+::{"name":"vote"}')
  one.send('6:::1+["a"]')
  two.send('6:::1+["b"]')
  await post(app, polling, '6:::2+["c"]')
  t.same([...await answers].sort(), ['a', 'b', 'c'])
})

t.test('volatile packets are lost on a client that holds nothing open', async (t) => {
  const app = await serverApp(t)
  const sid = await connectPolling(app)
  const socket = socketOf(app.io, sid)
  socket.volatile.emit('lost')
  socket.emit('kept')
  t.equal((await poll(app, sid)).body, '5:::{"name":"kept"}')
})

t.test('the handshake is what the client sent with it, and fetchSockets finds it', async (t) => {
  const app = await serverApp(t)
  const opened = once(app.io, 'connection') as Promise<[Socket]>
  const handshake = await app.inject({ url: '/socket.io/1/?a=b&t=5', headers: { cookie: 'c=d', host: 'chat.example' }, remoteAddress: '192.0.2.7' })
  const sid = handshake.body.slice(0, 20)
  await poll(app, sid)
  const [socket] = await opened
  t.equal(socket.id, sid)
  t.match(socket.handshake, { headers: { cookie: 'c=d', host: 'chat.example' }, address: '192.0.2.7', url: '/socket.io/1/?a=b&t=5', xdomain: false, secure: false })
  t.same({ ...socket.handshake.query }, { a: 'b', t: '5' })
  t.same((await app.io.fetchSockets()).map(({ id }) => id), [sid])
  t.equal(app.io.engine.clientsCount, 1)
})

t.test('binary for an old client is an object with base64', async (t) => {
  const app = await serverApp(t)
  const client = await connectWebsocket(app)
  const socket = socketOf(app.io, client.sid)
  socket.emit('file', { bytes: Buffer.from('hi') }, new Uint8Array([1, 2]))
  t.equal(await client.next(), '5:::{"name":"file","args":[{"bytes":{"base64":true,"data":"aGk="}},{"base64":true,"data":"AQI="}]}')
  socket.send(Buffer.from('hi'))
  t.equal(await client.next(), '4:::{"base64":true,"data":"aGk="}')
  app.io.on('connection', () => {})
  socket.on('give', (ack) => ack(Buffer.from('ok')))
  client.send('5:1+::{"name":"give"}')
  t.equal(await client.next(), '6:::1+[{"base64":true,"data":"b2s="}]')
})

t.test('a packet that comes before the Server has connected the client is not lost', async (t) => {
  const app = await serverApp(t)
  const got: unknown[] = []
  let proceed = (): void => {}
  app.io.use((_socket, next) => { proceed = next })
  app.io.on('connection', (socket) => socket.onAny((...args: unknown[]) => got.push(args)))
  const sid = (await app.inject('/socket.io/1/')).body.slice(0, 20)
  t.equal((await post(app, sid, '3:4::early')).body, '1')
  t.equal((await poll(app, sid)).body, '6:::4')
  t.same(got, [])
  const parked = poll(app, sid)
  proceed()
  t.equal((await parked).body, '1::')
  await new Promise(setImmediate)
  t.same(got, [['message', 'early']])
})
