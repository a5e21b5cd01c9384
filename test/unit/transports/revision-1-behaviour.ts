// What every transport does, over real HTTP, with the packet face: one suite, run by the test of each transport.
import t from 'tap'
import type { Packet } from '../../../types/packet.js'
import type { Revision1Transport } from '../../../src/transports/index.js'
import { isPolling, isWebSocket } from '../../kit/revision-1/client.js'
import type { Ending, Held } from '../../kit/revision-1/client.js'
import { nextPacket, park, serve, watch } from '../../kit/revision-1/server.js'
import type { Session, TestServer } from '../../kit/revision-1/server.js'
import { clock } from '../../kit/clock.js'
import { until } from '../../kit/waiting.js'
import { fetchText } from '../../kit/request.js'

/** Everything that some layer of some transport writes in a way of its own. */
export const AWKWARD = [
  'quotes " \' and backslashes \\ \\\\ \\n \\/ ',
  'lines\nof\r\ntext\n',
  '</script><script>alert(1)</script><!-- ]]>',
  'separators \u2028 and \u2029',
  'mark \ufffd 5\ufffd and \ufffd3\ufffd3::',
  'emoji 😀 and combining e\u0301, NUL \0, BOM \ufeff.',
  '\n--socketio\nContent-Type: text/plain\n\n3:::forged\n--socketio\n',
  ':colons::first+%26&d=x+y%20',
  ''
]

const message = (data: string): Packet => ({ type: 'message', endpoint: '', data })
const texts = (packets: readonly Packet[]): unknown[] => packets.map((packet) => packet.type === 'message' ? packet.data : packet)
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))
/** On the wire, empty text has no third colon. */
const wire = (data: string): string => data === '' ? '3::' : `3:::${data}`

/** What came after the packets read so far, when a held thing is over. */
async function rest (held: Held): Promise<{ packets: string[], ending: Ending }> {
  const packets: string[] = []
  for (let packet = await held.next(); packet !== undefined; packet = await held.next()) packets.push(packet)
  return { packets, ending: await held.ended }
}

const heldBy = ({ client }: Pick<Session, 'client'>): Held => client.held ?? client.hold()

/** Whether the server has forgotten the session: the client is told to handshake anew. */
async function isForgotten ({ app, port }: TestServer, sid: string): Promise<boolean> {
  const { body } = await fetchText(`http://127.0.0.1:${port}/socket.io/1/xhr-polling/${sid}`)
  return body === '7:::1+0' && !app.socketio.sessions.has(sid) && app.socketio.clientsCount === 0
}

export function behaviour (name: Revision1Transport): void {
  const polling = isPolling(name)
  const byWebSocket = isWebSocket(name)
  /** What POSTs for a client of this transport while it holds nothing open. */
  const poster: Revision1Transport = byWebSocket ? 'xhr-polling' : name

  t.test(`${name}: the connect packet comes first, whatever the application says at once`, async (t) => {
    const server = await serve(t)
    server.app.socketio.on('connection', (socket) => {
      socket.send({ type: 'message', data: 'early' })
      socket.send({ type: 'event', name: 'bird' })
    })
    const client = await server.client(name)
    t.strictSame(await client.take(3), ['1::', '3:::early', '5:::{"name":"bird"}'])
    t.equal(server.socketOf(client.sid).transport.name, name)
    t.equal(server.app.socketio.clientsCount, 1)
  })

  t.test(`${name}: packets go both ways`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    const arrived = nextPacket(session.socket)
    await park(session)
    await session.client.send('5:::{"name":"up","args":[1,"two"]}')
    t.strictSame(await arrived, { type: 'event', endpoint: '', name: 'up', args: [1, 'two'] })
    session.socket.send({ type: 'json', data: { down: [true, null] } })
    t.equal(await session.client.next(), '4:::{"down":[true,null]}')
    session.socket.send({ type: 'connect', endpoint: '/chat' })
    t.equal(await session.client.next(), '1::/chat')
  })

  t.test(`${name}: a burst of the client arrives whole and in order`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    await session.client.send(...numbers(300).map((n) => `3:::${n}`))
    await until(() => session.packets.length >= 300)
    t.strictSame(texts(session.packets), numbers(300))
  })

  t.test(`${name}: a burst of the server in one tick arrives whole and in order`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    for (const n of numbers(300)) session.socket.send({ type: 'message', data: n })
    t.strictSame(await session.client.take(300), numbers(300).map((n) => `3:::${n}`))
    for (const n of numbers(20)) session.socket.send({ type: 'message', data: `again ${n}` })
    t.strictSame(await session.client.take(20), numbers(20).map((n) => `3:::again ${n}`))
  })

  t.test(`${name}: answers to a burst come in its order`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    session.socket.on('packet', (packet) => { if (packet.type === 'message') session.socket.send(packet) })
    await park(session)
    for (let i = 0; i < 100; i += 2) await session.client.send(`3:::${i}`, `3:::${i + 1}`)
    t.strictSame(await session.client.take(100), numbers(100).map((n) => `3:::${n}`))
  })

  t.test(`${name}: awkward characters pass unchanged, alone and in bursts, both ways`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    const { client, socket, packets } = session
    for (const data of AWKWARD) {
      await park(session)
      const arrived = nextPacket(socket)
      await client.send(wire(data))
      t.strictSame(await arrived, message(data))
      socket.send({ type: 'message', data })
      t.equal(await client.next(), wire(data))
    }
    packets.length = 0
    await park(session)
    await client.send(...AWKWARD.map(wire))
    await until(() => packets.length >= AWKWARD.length)
    t.strictSame(texts(packets), AWKWARD)
    for (const data of AWKWARD) socket.send({ type: 'message', data })
    t.strictSame(await client.take(AWKWARD.length), AWKWARD.map(wire))
    socket.send({ type: 'event', name: 'all', args: AWKWARD })
    const event = await client.next()
    t.strictSame(JSON.parse(event.slice('5:::'.length)), { name: 'all', args: AWKWARD })
    t.notMatch(event, /[\u2028\u2029]/, 'old parsers stop at raw line separators in JSON')
  })

  t.test(`${name}: plain ids are acknowledged before the application answers, data ids by the application alone`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    const { client, socket } = session
    let answers = 0
    socket.on('packet', () => { socket.send({ type: 'message', data: `handled ${++answers}` }) })
    await park(session)
    await client.send('3:1::x', '4:2:/chat:{}', '5:007::{"name":"e"}', '3:4+::y')
    t.strictSame(await client.take(7), [
      '6:::1', '3:::handled 1', '6::/chat:2', '3:::handled 2', '6:::007', '3:::handled 3', '3:::handled 4'
    ])
    t.strictSame(session.packets.at(-1), { ...message('y'), id: '4', ack: 'data' })
  })

  t.test(`${name}: a packet that is none is dropped, its neighbours are not`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    await session.client.send('3:::a', 'nonsense', '9:::x', '4:::{', '5:::{}', '3:::b')
    await until(() => session.packets.length >= 2)
    t.strictSame(texts(session.packets), ['a', 'b'])
    session.socket.send({ type: 'message', data: 'alive' })
    t.equal(await session.client.next(), '3:::alive')
  })

  t.test(`${name}: a listener that throws harms nobody`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    session.socket.prependListener('packet', (packet) => { if (packet.type === 'json') throw new Error('of a listener') })
    await park(session)
    await session.client.send('4:::1', '3:::after')
    await until(() => session.packets.length >= 1)
    t.strictSame(texts(session.packets), ['after'])
    t.equal(session.socket.readyState, 'open')
  })

  t.test(`${name}: a client that is gone is noticed`, async (t) => {
    const tick = clock(t)
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    heldBy(session).destroy()
    if (polling) {
      await until(() => !session.socket.transport.writable)
      t.equal(session.socket.readyState, 'open', 'it may poll again')
      tick(59_000)
      t.equal(session.socket.readyState, 'open')
      tick(2000)
    } else {
      await until(() => session.closed.count > 0)
    }
    t.strictSame(session.closed, { count: 1, reason: polling ? 'ping timeout' : 'transport close' })
    t.ok(await isForgotten(server, session.client.sid))
  })

  t.test(`${name}: when the server closes, the client is let go without a goodbye, so that it comes back`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    const held = heldBy(session)
    session.socket.close()
    session.socket.close()
    t.strictSame(await rest(held), {
      // An htmlfile client does not see its stream end, and is told to come back.
      packets: polling ? ['8::'] : name === 'htmlfile' ? ['7:::1+0'] : [],
      ending: byWebSocket ? { whole: true, code: 1005 } : { whole: true }
    })
    t.strictSame(session.closed, { count: 1, reason: 'forced close' })
    t.ok(await isForgotten(server, session.client.sid))
  })

  t.test(`${name}: a disconnect of the server is said, and nothing after it`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    const held = heldBy(session)
    if (!polling) session.socket.send({ type: 'message', data: 'last words' })
    session.socket.send({ type: 'disconnect' })
    session.socket.send({ type: 'message', data: 'too late' })
    const { packets, ending } = await rest(held)
    t.strictSame(packets, polling ? ['0::'] : ['3:::last words', '0::'])
    t.ok(ending.whole)
    t.strictSame(session.closed, { count: 1, reason: 'forced close' })
    t.ok(await isForgotten(server, session.client.sid))
  })

  t.test(`${name}: the client's goodbye is answered with one, and what it sends after it is not heard`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    const held = heldBy(session)
    await session.client.send('3:::before', '0::', '3:::after')
    const { packets, ending } = await rest(held)
    t.strictSame(packets, ['0::'])
    t.ok(ending.whole)
    t.strictSame(session.packets, [message('before'), { type: 'disconnect', endpoint: '' }])
    t.strictSame(session.closed, { count: 1, reason: 'transport close' })
    t.ok(await isForgotten(server, session.client.sid))
  })

  t.test(`${name}: the goodbye of an endpoint ends no session`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    await session.client.send('0::/chat', '3:::still here')
    await until(() => session.packets.length >= 2)
    t.strictSame(session.packets, [{ type: 'disconnect', endpoint: '/chat' }, message('still here')])
  })

  const FORMS = [`/${name}/SID?disconnect=1`, `/${name}/SID/?disconnect`, '//SID?disconnect', '//SID/?disconnect=1', '//SID/?t=5&disconnect=0']
  for (const form of FORMS) {
    t.test(`${name}: ${form} ends a session that is open`, async (t) => {
      const server = await serve(t)
      const session = await server.connect(name)
      await park(session)
      const held = heldBy(session)
      const answer = await fetchText(session.client.base + form.replace('SID', session.client.sid))
      t.match(answer, { status: 200, body: '' })
      const { packets, ending } = await rest(held)
      t.strictSame(packets, ['0::'])
      t.ok(ending.whole)
      t.strictSame(session.closed, { count: 1, reason: 'transport close' })
      t.ok(await isForgotten(server, session.client.sid))
    })

    t.test(`${name}: ${form} ends a session that has nothing open, and does not mind one that is gone`, async (t) => {
      const server = await serve(t)
      const client = await server.client(name)
      await client.post('3:::x', poster)
      const { closed } = watch(server.socketOf(client.sid))
      const url = client.base + form.replace('SID', client.sid)
      t.match(await fetchText(url), { status: 200, body: '' })
      t.strictSame(closed, { count: 1, reason: 'transport close' })
      t.ok(await isForgotten(server, client.sid))
      t.match(await fetchText(url), { status: 200, body: '' })
    })
  }

  t.test(`${name}: ${polling ? 'no heartbeats run' : 'a client that leaves a heartbeat unanswered is given up'}`, async (t) => {
    const tick = clock(t)
    const server = await serve(t, { pollingDuration: 200_000 })
    const session = await server.connect(name)
    await park(session)
    const held = heldBy(session)
    tick(24_000)
    session.socket.send({ type: 'message', data: 'quiet until now' })
    t.equal(await session.client.next(), '3:::quiet until now')
    await park(session)
    if (polling) {
      tick(150_000)
      session.socket.send({ type: 'message', data: 'still quiet' })
      t.equal(await session.client.next(), '3:::still quiet')
      return
    }
    tick(2000)
    t.equal(await session.client.next(), '2::')
    const arrived = nextPacket(session.socket)
    await session.client.send('3:::busy')
    await arrived
    tick(59_000)
    t.equal(session.closed.count, 0)
    tick(900)
    t.strictSame(session.closed, { count: 1, reason: 'ping timeout' }, 'other traffic is no heartbeat')
    t.strictSame(await rest(held), { packets: [], ending: byWebSocket ? { whole: true, code: 1005 } : { whole: true } })
    t.ok(await isForgotten(server, session.client.sid))
  })

  if (!polling) {
    t.test(`${name}: answered heartbeats keep a session, and the interval counts from the answer`, async (t) => {
      const tick = clock(t)
      const server = await serve(t)
      const session = await server.connect(name)
      for (let i = 0; i < 5; i++) {
        tick(24_000)
        t.equal(heldBy(session).text.match(/2::/g)?.length ?? 0, i, 'not before its time')
        tick(2000)
        t.equal(await session.client.next(), '2::')
        tick(40_000)
        const arrived = nextPacket(session.socket)
        await session.client.send('2::', '3:::answered')
        await arrived
      }
      t.equal(session.closed.count, 0)
    })
  }

  t.test(`${name}: a second one for the same session ends the first politely and takes over`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    await park(session)
    const first = heldBy(session)
    const second = session.client.hold()
    t.strictSame(await rest(first), {
      packets: polling ? ['8::'] : [],
      ending: byWebSocket ? { whole: true, code: 1005 } : { whole: true }
    })
    await until(() => session.socket.transport.writable)
    session.socket.send({ type: 'message', data: 'to the second' })
    t.equal(await second.next(), '3:::to the second', 'and no second connect packet')
    await session.client.send('3:::from the second')
    await until(() => session.packets.length > 0)
    t.strictSame(texts(session.packets), ['from the second'])
    t.equal(session.closed.count, 0)
    t.equal(server.app.socketio.clientsCount, 1)
  })

  t.test(`${name}: what is too large is refused, at the cost of ${byWebSocket ? 'that session' : 'nothing else'}`, async (t) => {
    const server = await serve(t, { maxPayload: 1000 })
    const other = await server.connect(name)
    const session = await server.connect(name)
    await park(session)
    const held = heldBy(session)
    if (byWebSocket) {
      await session.client.send(`3:::${'x'.repeat(1000)}`)
      t.strictSame(await rest(held), { packets: [], ending: { whole: true, code: 1009 } })
      await until(() => session.closed.count > 0)
      t.strictSame(session.closed, { count: 1, reason: 'transport error' })
    } else {
      t.match(await session.client.post(`3:::${'x'.repeat(1000)}`), { status: 413, body: 'payload too large' })
      await session.client.send('3:::fits')
      t.strictSame(texts(session.packets), ['fits'])
      session.socket.send({ type: 'message', data: 'alive' })
      t.equal(await session.client.next(), '3:::alive')
    }
    other.socket.send({ type: 'message', data: 'not concerned' })
    t.equal(await other.client.next(), '3:::not concerned')
    t.ok(server.app.socketio.sessions.has(other.client.sid))
  })

  t.test(`${name}: what is exactly as large as allowed passes`, async (t) => {
    const server = await serve(t, { maxPayload: 1000 })
    const session = await server.connect(name)
    await park(session)
    const data = 'x'.repeat(name === 'jsonp-polling' ? 1000 - 'd=%223%3A%3A%3A%22'.length : 996)
    await session.client.send(`3:::${data}`)
    await until(() => session.packets.length > 0)
    t.strictSame(texts(session.packets), [data])
  })

  t.test(`${name}: a POST that comes before everything else connects the session and loses nothing`, async (t) => {
    const server = await serve(t)
    server.app.socketio.on('connection', (socket) => {
      socket.on('packet', (packet) => { if (packet.type === 'message') socket.send({ type: 'message', data: `${packet.data}!` }) })
    })
    const client = await server.client(name)
    t.match(await client.post('\ufffd6\ufffd3:1::a\ufffd5\ufffd3:::b', poster), { status: 200, body: '1' })
    t.equal(server.app.socketio.clientsCount, 1)
    t.strictSame(await client.take(4), ['1::', '6:::1', '3:::a!', '3:::b!'])
  })

  t.test(`${name}: an unknown session is told so in the transport's own form`, async (t) => {
    const server = await serve(t)
    const client = await server.client(name, 'nobody')
    const held = client.hold()
    t.match(await held.opened, { status: byWebSocket ? 101 : 200 })
    t.equal(await held.next(), '7:::1+0')
    t.strictSame(await rest(held), { packets: [], ending: byWebSocket ? { whole: true, code: 1005 } : { whole: true } })
    t.match(await client.post('3:::x', poster), { status: 200, body: '1' }, 'anything but 200 would end the transport of the client')
    t.equal(server.app.socketio.sessions.size, 0)
  })

  t.test(`${name}: OPTIONS is answered and connects nothing`, async (t) => {
    const server = await serve(t)
    const client = await server.client(name)
    const { status, headers, body } = await client.request('OPTIONS')
    t.strictSame([status, headers['allow'], body], [204, 'GET, POST, OPTIONS', ''])
    t.equal(server.app.socketio.clientsCount, 0)
    t.equal(await client.next(), '1::')
  })

  t.test(`${name}: HEAD takes nothing, neither what is held open nor what is queued`, async (t) => {
    const server = await serve(t)
    const session = await server.connect(name)
    const { client, socket } = session
    await park(session)
    t.match(await client.request('HEAD'), { status: 404, body: '' })
    t.ok(socket.transport.writable, 'what was held open is still held open')
    socket.send({ type: 'message', data: 'one' })
    t.equal(await client.next(), '3:::one')
    if (polling) {
      socket.send({ type: 'message', data: 'two' })
      t.match(await client.request('HEAD'), { status: 404, body: '' })
    } else {
      socket.send({ type: 'message', data: 'two' })
    }
    t.equal(await client.next(), '3:::two')
  })

  t.test(`${name}: HEAD as the first request leaves the connect packet where it is`, async (t) => {
    const server = await serve(t)
    const client = await server.client(name)
    t.match(await client.request('HEAD'), { status: 404, body: '' })
    t.equal(await client.next(), '1::')
  })

  t.test(`${name}: thousands of packets sent in one tick all arrive, in order`, async (t) => {
    const server = await serve(t, { maxQueueBytes: 10_000_000 })
    const session = await server.connect(name)
    await park(session)
    const data = 'x'.repeat(1000)
    for (let i = 0; i < 3000; i++) session.socket.send({ type: 'message', data: `${i} ${data}` })
    const packets = await session.client.take(3000)
    t.strictSame(packets.map((packet) => packet.slice(4, -data.length - 1)), numbers(3000))
    t.equal(session.closed.count, 0)
  })
}
