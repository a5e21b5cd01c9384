// One session that changes its transport: nothing is lost, nothing is said twice.
import t from 'tap'
import type { Revision1Transport } from '../../../src/transports/index.js'
import { isPolling } from '../../kit/revision-1/client.js'
import type { Held, Revision1Client } from '../../kit/revision-1/client.js'
import { park, serve } from '../../kit/revision-1/server.js'
import type { Session, TestServer } from '../../kit/revision-1/server.js'
import { clock } from '../../kit/clock.js'
import { until } from '../../kit/waiting.js'

/** The same session through another transport; what the application hears of it. */
async function moved (server: TestServer, session: Session, name: Revision1Transport): Promise<{ client: Revision1Client, upgrades: string[] }> {
  const upgrades: string[] = []
  session.socket.on('upgrade', (transport) => upgrades.push(transport.name))
  return { client: await server.client(name, session.client.sid), upgrades }
}

async function rest (held: Held | undefined): Promise<(string | undefined)[]> {
  const packets: (string | undefined)[] = []
  for (let packet = await held?.next(); packet !== undefined; packet = await held?.next()) packets.push(packet)
  return packets
}

const MOVES: [from: Revision1Transport, to: Revision1Transport][] = [
  ['xhr-polling', 'websocket'],
  ['xhr-polling', 'htmlfile'],
  ['xhr-polling', 'jsonp-polling'],
  ['jsonp-polling', 'xhr-multipart'],
  ['websocket', 'xhr-polling'],
  ['htmlfile', 'websocket'],
  ['flashsocket', 'jsonp-polling']
]

for (const [from, to] of MOVES) {
  t.test(`${from} to ${to}: the old one ends politely, packets go on, and 1:: is not said again`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(from)
    await park(session)
    const { held } = session.client
    const { client, upgrades } = await moved(server, session, to)
    const next = client.hold()
    t.strictSame(await rest(held), isPolling(from) ? ['8::'] : [])
    t.match(await held?.ended, { whole: true })
    await until(() => session.socket.transport.name === to && session.socket.transport.writable)
    session.socket.send({ type: 'message', data: 'moved' })
    t.equal(await next.next(), '3:::moved')
    t.strictSame(upgrades, [to])
    t.strictSame(session.closed, { count: 0 })
    t.equal(server.app.socketio.clientsCount, 1)
  })

  if (isPolling(from)) {
    t.test(`${from} to ${to}: what was queued leaves on the new one, in order`, async (t) => {
      const server = await serve(t)
      const session = await server.connect(from)
      for (const data of ['q1', 'q2', 'q3']) session.socket.send({ type: 'message', data })
      const { client, upgrades } = await moved(server, session, to)
      t.strictSame(await client.take(3), ['3:::q1', '3:::q2', '3:::q3'])
      t.strictSame(upgrades, [to])
    })
  }
}

t.test('a packet sent from an upgrade listener leaves on the new transport', async (t) => {
  const server = await serve(t)
  const session = await server.connect('xhr-polling')
  session.socket.send({ type: 'message', data: 'queued' })
  session.socket.on('upgrade', (transport) => session.socket.send({ type: 'message', data: transport.name }))
  const { client } = await moved(server, session, 'websocket')
  t.strictSame(await client.take(2), ['3:::queued', '3:::websocket'])
})

t.test('a POST under another transport name is read in the form of that name, and moves nothing', async (t) => {
  const server = await serve(t)
  const session = await server.connect('xhr-polling')
  await park(session)
  const { client, upgrades } = await moved(server, session, 'jsonp-polling')
  await client.send('3:::by form', '3:::twice')
  const htmlfile = await server.client('htmlfile', client.sid)
  await htmlfile.send('3:::by htmlfile')
  t.strictSame(session.packets.map((packet) => packet.type === 'message' && packet.data), ['by form', 'twice', 'by htmlfile'])
  t.strictSame(upgrades, [])
  session.socket.send({ type: 'message', data: 'down' })
  t.equal(await session.client.next(), '3:::down', 'the poll is still the one that is answered')
})

t.test('a POST is heard while a websocket is open, and answered there', async (t) => {
  const server = await serve(t)
  const session = await server.connect('websocket')
  const { client, upgrades } = await moved(server, session, 'xhr-polling')
  await client.send('3:5::x')
  t.equal(await session.client.next(), '6:::5')
  t.strictSame(upgrades, [])
})

t.test('heartbeats run from the change to a stream on, and stop with the change back', async (t) => {
  const tick = clock(t)
  const server = await serve(t, { pollingDuration: 500_000 })
  const session = await server.connect('xhr-polling')
  await park(session)
  tick(100_000)
  const stream = await moved(server, session, 'htmlfile')
  const held = stream.client.hold()
  await until(() => session.socket.transport.name === 'htmlfile')
  tick(26_000)
  t.equal(await held.next(), '2::')
  const back = session.client.hold()
  await until(() => session.socket.transport.name === 'xhr-polling')
  tick(200_000)
  t.strictSame(session.closed, { count: 0 }, 'the heartbeat that was out is forgotten')
  session.socket.send({ type: 'message', data: 'here' })
  t.equal(await back.next(), '3:::here')
})

t.test('the end of a transport that was replaced ends no session', async (t) => {
  const server = await serve(t)
  const session = await server.connect('websocket')
  const { held } = session.client
  const { client } = await moved(server, session, 'htmlfile')
  client.hold()
  t.match(await held?.ended, { whole: true })
  session.socket.send({ type: 'message', data: 'alive' })
  t.equal(await client.next(), '3:::alive')
  t.strictSame(session.closed, { count: 0 })
})
