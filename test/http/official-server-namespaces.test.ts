// The official Server on top of revision 1: namespaces, refusals, odd packets, and how connections end.
import t from 'tap'
import { reasonsOf, serverApp } from '../kit/servers/app.js'
import { connectPolling, connectWebsocket, poll, post } from '../kit/revision-1/inject.js'

t.test('a namespace is connected and left by its own packets; its query is handshake.auth', async (t) => {
  const app = await serverApp(t)
  const seen: unknown[] = []
  app.io.of('/chat').on('connection', (socket) => {
    seen.push({ ...socket.handshake.auth })
    socket.on('message', (data) => socket.send(`chat ${data}`))
    socket.on('disconnect', (reason) => seen.push(reason))
  })
  const client = await connectWebsocket(app)
  client.send('1::/chat:?token=9&list=a,b')
  t.equal(await client.next(), '1::/chat')
  client.send('3::/chat:x')
  t.equal(await client.next(), '3::/chat:chat x')
  client.send('1::/chat')
  t.equal(await client.next(), '1::/chat', 'a repeated connect is answered')
  client.send('0::/chat')
  client.send('1::/chat')
  t.equal(await client.next(), '1::/chat', 'and connects anew after leaving')
  t.same(seen, [{ token: '9', list: 'a,b' }, 'client namespace disconnect', {}])
  t.equal(app.socketio.clientsCount, 1)
})

t.test('an event right behind the connect of its namespace arrives', async (t) => {
  const app = await serverApp(t)
  app.io.of('/chat').on('connection', (socket) => socket.on('n', (x, ack) => ack(x)))
  const sid = await connectPolling(app)
  const packets = ['1::/chat', '5:1+:/chat:{"name":"n","args":[7]}']
  await post(app, sid, packets.map((packet) => `\ufffd${packet.length}\ufffd${packet}`).join(''))
  let text = ''
  while (!text.includes('6::')) text += (await poll(app, sid)).body
  t.match(text, /1::\/chat.*6::\/chat:1\+\[7\]/s)
})

t.test('a refused namespace is told so, an unknown one is silence, and the connection lives', async (t) => {
  const app = await serverApp(t)
  app.io.of('/x').use((_socket, next) => next(new Error('any reason')))
  const client = await connectWebsocket(app)
  client.send('1::/x')
  t.equal(await client.next(), '7::/x:2')
  for (const frame of ['1::/unknown', '3::/unknown:x', '1:://evil', '1::/ä', '1::/a/../b', '1::chat', '0::/never', '5::/x:{"name":"n"}', '6:::5', '9::', '3:8::alive']) client.send(frame)
  t.equal(await client.next(), '6:::8')
  t.ok(app.socketio.sessions.has(client.sid))
})

t.test('middleware that refuses the default namespace leaves the client unconnected', async (t) => {
  const app = await serverApp(t)
  app.io.use((_socket, next) => next(new Error('no')))
  const sid = (await app.inject('/socket.io/1/')).body.slice(0, 20)
  t.equal((await poll(app, sid)).body, '7:::2')
  t.equal(app.io.of('/').sockets.size, 0)
})

for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']) {
  t.test(`an event with the reserved name ${name} is dropped, and its id acknowledged`, async (t) => {
    const app = await serverApp(t)
    const { reasons } = reasonsOf(app.io)
    const client = await connectWebsocket(app)
    client.send(`5:1::{"name":"${name}","args":["x"]}`)
    client.send('3:2::alive')
    t.equal(await client.next(), '6:::1')
    t.equal(await client.next(), '6:::2')
    t.same(reasons, [])
  })
}

t.test('an event named error is an event', async (t) => {
  const app = await serverApp(t)
  app.io.on('connection', (socket) => socket.on('error', (x) => socket.emit('error', x)))
  const client = await connectWebsocket(app)
  client.send('5:::{"name":"error","args":["x"]}')
  t.equal(await client.next(), '5:::{"name":"error","args":["x"]}')
})

t.test('an event named error that nobody listens for harms nobody', async (t) => {
  const app = await serverApp(t)
  const client = await connectWebsocket(app)
  client.send('5:::{"name":"error","args":["x"]}')
  client.send('3:1::alive')
  t.equal(await client.next(), '6:::1')
})
