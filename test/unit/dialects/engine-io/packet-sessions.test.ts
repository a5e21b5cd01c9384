// The packet face on sessions: one union for every dialect, so that an application is written once.
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import type { OutgoingPacket, Packet } from '../../../../types/packet.js'
import type { DialectName, Socket } from '../../../../types/socket.js'
import { newApp, pluginApp } from '../../../kit/servers/app.js'
import type { Teardown } from '../../../kit/teardown.js'
import { connectEngine } from '../../../kit/engine-io/inject.js'
import { connectPolling, handshake, poll, post } from '../../../kit/revision-1/inject.js'
import socketioTransports from '../../../../src/index.js'
import { turn } from '../../../kit/waiting.js'
import { DIALECTS } from '../../../kit/engine-io/payload.js'
import { fromPayload } from '../../../kit/revision-1/payload.js'

/** A client that polls: what it sends, and what it hears. */
interface Talk {
  socket: Socket
  send (wire: string): Promise<unknown>
  hear (): Promise<string[]>
}

/** How a client of each dialect comes to talk; messages are without Engine.IO's type. */
const TALKS: Record<DialectName, (app: FastifyInstance) => Promise<Talk>> = {
  async 'revision 1' (app) {
    const sid = await connectPolling(app)
    const socket = app.socketio.sessions.get(sid) as Socket
    return { socket, send: (wire) => post(app, sid, wire), hear: async () => fromPayload((await poll(app, sid)).body) }
  },
  'engine 3': async (app) => await talkEngine(app, 0),
  'engine 4': async (app) => await talkEngine(app, 1)
}

async function talkEngine (app: FastifyInstance, which: 0 | 1): Promise<Talk> {
  const session = await connectEngine(app, DIALECTS[which] as typeof DIALECTS[number])
  return {
    socket: session.socket,
    send: (wire) => session.send(`4${wire}`),
    hear: async () => (await session.poll()).map((packet) => packet.slice(1))
  }
}

/** An application without the official Server that sends every packet back, and keeps it. */
async function echoApp (t: Teardown): Promise<{ app: FastifyInstance, seen: Packet[] }> {
  const app = newApp(t)
  const seen: Packet[] = []
  await app.register(socketioTransports)
  app.socketio.on('connection', (socket) => socket.on('packet', (packet) => {
    seen.push(packet)
    socket.send(packet)
  }))
  return { app, seen }
}

/** A packet, and its form in revision 1 and in the others. */
const CASES: readonly { packet: Packet, old: string, today: string }[] = [
  { packet: { type: 'message', endpoint: '', data: 'hi' }, old: '3:::hi', today: '2["message","hi"]' },
  { packet: { type: 'message', endpoint: '/chat', data: 'x' }, old: '3::/chat:x', today: '2/chat,["message","x"]' },
  { packet: { type: 'message', endpoint: '', data: 'é😀' }, old: '3:::é😀', today: '2["message","é😀"]' },
  { packet: { type: 'json', endpoint: '', data: { a: [1, null] } }, old: '4:::{"a":[1,null]}', today: '2["message",{"a":[1,null]}]' },
  { packet: { type: 'event', endpoint: '', name: 'n', args: [1, 'x'] }, old: '5:::{"name":"n","args":[1,"x"]}', today: '2["n",1,"x"]' },
  { packet: { type: 'event', endpoint: '/chat', name: 'n', args: [1], id: '7', ack: 'data' }, old: '5:7+:/chat:{"name":"n","args":[1]}', today: '2/chat,7["n",1]' },
  { packet: { type: 'ack', endpoint: '/chat', id: '7', args: ['x', 1] }, old: '6::/chat:7+["x",1]', today: '3/chat,7["x",1]' },
  { packet: { type: 'disconnect', endpoint: '/chat' }, old: '0::/chat', today: '1/chat,' }
]

for (const [name, talk] of Object.entries(TALKS)) {
  t.test(`an application written once sees and sends the same packets to clients of ${name}`, async (t) => {
    const { app, seen } = await echoApp(t)
    const { socket, send, hear } = await talk(app)
    t.equal(socket.dialect, name)
    for (const { packet, old, today } of CASES) {
      const wire = name === 'revision 1' ? old : today
      await send(wire)
      t.strictSame(seen.splice(0), [packet], wire)
      t.strictSame(await hear(), [wire])
    }
  })

  t.test(`an endpoint with a query is asked for, and connected by the application, for clients of ${name}`, async (t) => {
    const { app, seen } = await echoApp(t)
    const { socket, send, hear } = await talk(app)
    await send(name === 'revision 1' ? '1::/chat:?a=b' : '0/chat?a=b,')
    t.strictSame(seen, [{ type: 'connect', endpoint: '/chat', query: '?a=b' }])
    const answers: Record<string, string> = { 'revision 1': '1::/chat:?a=b', 'engine 3': '0/chat,', 'engine 4': `0/chat,{"sid":"${socket.id}"}` }
    t.strictSame(await hear(), [answers[name]])
  })

  t.test(`volatile packets for clients of ${name} are dropped when nothing is open`, async (t) => {
    const app = await pluginApp(t)
    const { socket, hear } = await talk(app)
    socket.send({ type: 'message', data: 'dropped' }, { volatile: true })
    socket.send({ type: 'event', name: 'kept' })
    t.strictSame(await hear(), [name === 'revision 1' ? '5:::{"name":"kept"}' : '2["kept"]'])
  })

  t.test(`a packet without a form is the mistake of who sends it to a client of ${name}, and nothing goes out`, async (t) => {
    const app = await pluginApp(t)
    const { socket, hear } = await talk(app)
    const bad: OutgoingPacket[] = [{ type: 'message', data: 'x', ack: 'data', id: 'abc' }, { type: 'ack', id: '' }, { type: 'connect', endpoint: name === 'revision 1' ? '/a:b' : '/a,b' }]
    for (const packet of bad) {
      t.throws(() => socket.send(packet), { code: 'FST_SIO_INVALID_PACKET', message: new RegExp(`of type "${packet.type}"`) })
    }
    socket.send({ type: 'message', data: 'after' })
    t.strictSame(await hear(), [name === 'revision 1' ? '3:::after' : '2["message","after"]'])
  })

  t.test(`to disconnect a client of ${name} ends its session after what was said before`, async (t) => {
    const app = await pluginApp(t)
    const { socket, hear } = await talk(app)
    const reasons: unknown[] = []
    socket.on('close', (reason) => reasons.push(reason))
    const heard = hear()
    await turn()
    socket.send({ type: 'message', data: 'bye' })
    socket.send({ type: 'disconnect' })
    t.equal(socket.send({ type: 'message', data: 'late', ack: 'data' }), undefined, 'nothing goes out after that')
    if (name !== 'revision 1') {
      t.strictSame(await heard, ['2["message","bye"]', '1'])
      t.strictSame(await hear(), [''], 'and Engine.IO says goodbye, too')
    } else {
      t.strictSame(await heard, ['3:::bye'])
      t.strictSame(await hear(), ['0::'], 'and the next poll is told goodbye')
    }
    t.strictSame(reasons, ['forced close'])
    t.equal(app.socketio.sessions.size, 0)
  })
}

for (const dialect of DIALECTS) {
  const what = `engine ${dialect.eio}`

  t.test(`clients of ${what} are connected to the default endpoint as they expect it`, async (t) => {
    const app = await pluginApp(t)
    const seen: Packet[] = []
    app.socketio.on('connection', (socket) => socket.on('packet', (packet) => { seen.push(packet) }))
    const { first, sid, send, poll } = await connectEngine(app, dialect)
    t.strictSame(first, dialect.eio === 3 ? ['40'] : [])
    await send('40{"token":9}')
    t.strictSame(await poll(), [dialect.eio === 3 ? '40' : `40{"sid":"${sid}"}`])
    t.strictSame(seen, [], 'the application is not asked')
  })

  t.test(`what a listener of 'connection' sends comes after the open packet of ${what}`, async (t) => {
    const app = await pluginApp(t)
    app.socketio.on('connection', (socket) => { socket.send({ type: 'message', data: 'welcome' }) })
    t.strictSame((await connectEngine(app, dialect)).first, [...(dialect.eio === 3 ? ['40'] : []), '42["message","welcome"]'])
  })

  t.test(`binary of ${what} comes and goes with its event`, async (t) => {
    const { app, seen } = await echoApp(t)
    const { send, poll } = await connectEngine(app, dialect, '&b64=1')
    const base64 = dialect.eio === 3 ? 'b4AQL/' : 'bAQL/'
    const event = '451-7["n",{"_placeholder":true,"num":0}]'
    t.equal((await send(event, base64)).body, 'ok')
    t.strictSame(seen, [{ type: 'event', endpoint: '', name: 'n', args: [Buffer.of(1, 2, 255)], id: '7', ack: 'data' }])
    t.strictSame(await poll(), [event, base64])
  })

  t.test(`what is no packet ends the session of ${what} with "parse error", and its poll with a goodbye`, async (t) => {
    for (const message of ['4x', '42{', '42', '451-["n",{"_placeholder":true,"num":0}]', '4511-["n"]', '4599-[]', dialect.eio === 3 ? 'b4AQ==' : 'bAQ==']) {
      const app = await pluginApp(t)
      const session = await connectEngine(app, dialect)
      const closes: unknown[][] = []
      const seen: Packet[] = []
      session.socket.on('close', (...args) => closes.push(args)).on('packet', (packet) => { seen.push(packet) })
      const polled = session.poll()
      await turn()
      await session.send(message, '42["after"]')
      t.strictSame(await polled, ['1'], message)
      t.match(closes, [['parse error', { reason: 'parse error', cause: { name: 'ProtocolError' } }]], message)
      t.strictSame(seen, [], 'what comes after it is not seen')
      t.equal(app.socketio.sessions.size, 0)
    }
  })

  t.test(`a listener that throws costs its packet only, and a client of ${what} goes on`, async (t) => {
    const app = await pluginApp(t)
    const { socket, send, poll } = await connectEngine(app, dialect)
    socket.on('packet', (packet) => {
      if (packet.type === 'message' && packet.data === 'bad') throw new Error('a fault of the app')
      socket.send(packet as OutgoingPacket)
    })
    t.equal((await send('42["message","bad"]', '42["message","good"]')).body, 'ok')
    t.strictSame(await poll(), ['42["message","good"]'])
  })

  t.test(`an application that reads messages as they come hears those of ${what}, text and binary, and connects nobody`, async (t) => {
    const app = await pluginApp(t)
    const got: unknown[] = []
    app.socketio.on('connection', (socket) => socket.on('data', (data) => {
      got.push(data)
      socket.write(data)
    }))
    const { first, send, poll } = await connectEngine(app, dialect, '&b64=1')
    t.strictSame(first, [])
    const base64 = dialect.eio === 3 ? 'b4AQL/' : 'bAQL/'
    await send('4', '4no Socket.IO', base64)
    t.strictSame(got, ['', 'no Socket.IO', Buffer.of(1, 2, 255)])
    t.strictSame(await poll(), ['4', '4no Socket.IO', base64])
  })
}

t.test('the handshakes of all dialects stand side by side', async (t) => {
  const app = await pluginApp(t)
  await handshake(app)
  for (const dialect of DIALECTS) await connectEngine(app, dialect)
  t.strictSame([...app.socketio.sessions.values()].map(({ dialect, protocol, transport }) => [dialect, protocol, transport.name]),
    [['revision 1', 3, 'xhr-polling'], ['engine 3', 3, 'polling'], ['engine 4', 4, 'polling']])
})
