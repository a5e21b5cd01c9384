// A request that arrives at one node and belongs to a session of another: hooks, refusals, JSONP, POSTs, streams and closing, each as on one node. The nodes are
// in one process, and call each other without a network (link.test.ts has the network).
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { fakeClusters } from '../kit/cluster/fake-cluster.js'
import { connectEngine, urlOf } from '../kit/engine-io/inject.js'
import { DIALECTS, ENGINE_4 } from '../kit/engine-io/payload.js'
import { connectRevision1, Revision1Client, ALL } from '../kit/revision-1/client.js'
import { handshake, poll, post } from '../kit/revision-1/inject.js'
import { beganGet } from '../kit/raw/unread.js'
import { captureLog, newApp, pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { turn, until } from '../kit/waiting.js'
import { openWebSocket } from '../kit/websocket.js'
import socketioTransports from '../../src/index.js'

/** The node with the sessions, and the one at which requests arrive. */
async function twoNodes (t: Teardown, options: SocketioTransportsOptions = {}): Promise<{ owner: FastifyInstance, edge: FastifyInstance }> {
  const [owner, edge] = await Promise.all(fakeClusters(2).map((cluster) => pluginApp(t, { transports: ALL.concat('polling' as never), cluster, ...options })))
  if (owner === undefined || edge === undefined) throw new Error('two clusters make two nodes')
  await Promise.all([owner.ready(), edge.ready()])
  return { owner, edge }
}

t.test('ids of sessions begin with the tag, those of generateId too', async (t) => {
  const { owner } = await twoNodes(t)
  t.match(await handshake(owner), /^node-0--[\w-]{20}$/)
  const { owner: own } = await twoNodes(t, { generateId: () => 'mine' })
  t.equal(await handshake(own), 'node-0--mine')
  const { owner: long } = await twoNodes(t, { generateId: () => 'x'.repeat(93) })
  const { statusCode, body } = await long.inject('/socket.io/1/')
  t.strictSame({ statusCode, body }, { statusCode: 500, body: 'handshake error' }, 'Fastify takes 100 characters, and 8 of them are the tag')
})

for (const dialect of DIALECTS) {
  t.test(`Engine.IO ${dialect.eio}: polls and POSTs at the other node`, async (t) => {
    const { owner, edge } = await twoNodes(t)
    owner.socketio.on('connection', (socket) => socket.on('data', (data) => socket.write(data)))
    const { sid, url } = await connectEngine(owner, dialect)
    const parked = edge.inject(url)
    const sent = await edge.inject({ method: 'POST', url, payload: dialect.body('4hällo \ud83d\ude00', '4two'), headers: { 'content-type': 'text/plain;charset=UTF-8' } })
    t.strictSame([sent.statusCode, sent.body, sent.headers['content-type']], [200, 'ok', 'text/html'])
    const answer = await parked
    t.strictSame(dialect.packets(answer.rawPayload), ['4hällo \ud83d\ude00', '4two'])
    t.equal(answer.headers['content-type'], dialect.eio === 4 ? 'text/plain; charset=UTF-8' : 'application/octet-stream')

    const bytes = Buffer.of(0, 255, 10, 13)
    owner.socketio.sessions.get(sid)?.write(bytes)
    const [own, other] = [await edge.inject(url), await (async () => { owner.socketio.sessions.get(sid)?.write(bytes); return await owner.inject(url) })()]
    t.strictSame(own.rawPayload, other.rawPayload, 'bytes are the same bytes')
    t.equal(own.headers['content-type'], other.headers['content-type'])
  })
}

t.test('hooks run once, at the node where the request arrives, which knows whose session it is', async (t) => {
  const [cluster0, cluster1] = fakeClusters(2)
  const seen: unknown[] = []
  const build = async (name: string, cluster: typeof cluster0): Promise<FastifyInstance> => {
    const app = newApp(t)
    app.addHook('onRequest', async (request) => { if (request.url.includes('sid=')) seen.push([name, request.socketioNode, request.socketio]) })
    await app.register(socketioTransports, cluster === undefined ? {} : { cluster })
    await app.ready()
    return app
  }
  const [owner, edge] = [await build('owner', cluster0), await build('edge', cluster1)]
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  socket.write('hello')
  t.equal((await edge.inject(url)).body, '4hello')
  t.strictSame(seen, [['edge', 'node-0--', null]])
  socket.write('hello')
  t.equal((await owner.inject(url)).body, '4hello')
  t.strictSame(seen.slice(1), [['owner', null, socket]])
})

t.test('refusals are those of the node with the session, in the words of the dialect, and logged once where the request is', async (t) => {
  const clusters = fakeClusters(2)
  const logs = clusters.map(() => captureLog('info'))
  const [owner, edge] = await Promise.all(clusters.map((cluster, i) => pluginApp(t, { cluster }, { logger: logs[i]?.logger ?? false })))
  if (owner === undefined || edge === undefined) throw new Error('two nodes')
  await Promise.all([owner.ready(), edge.ready()])
  const { url } = await connectEngine(owner, ENGINE_4)
  const lines = (): unknown[] => (logs[1]?.lines ?? []).filter(({ reason }) => reason !== undefined).map(({ reason }) => reason)
  const both = async (target: string, body?: string): Promise<void> => {
    const of = async (app: FastifyInstance): Promise<unknown> => {
      const { statusCode, body: answer, headers: { 'content-type': type } } = await app.inject({ url: target, ...(body !== undefined && { method: 'POST', payload: body, headers: { 'content-type': 'text/plain' } }) })
      return { statusCode, answer, type }
    }
    t.strictSame(await of(edge), await of(owner), target)
  }
  await both(`${urlOf(4, 'polling')}&sid=node-0--nobody`)
  await both(`${urlOf(4, 'polling')}&sid=nonodes-nobody`)
  await both(url.replace('EIO=4', 'EIO=3'))
  await both(`${urlOf(4, 'polling')}&sid=node-0--nobody`, '4a')
  await both('/socket.io/1/xhr-polling/node-0--nobody')
  await both('/socket.io/1/xhr-polling/node-0--nobody', '3:::a')
  await both('/socket.io/1/htmlfile/node-0--nobody')
  t.strictSame(lines(), ['unknown session', 'unknown session', 'protocol mismatch', ...Array(4).fill('unknown session')])
  t.strictSame(edge.socketio.metrics.refused, { 'unknown session': 6, 'protocol mismatch': 1 })
  t.strictSame((await edge.inject({ method: 'POST', url, payload: 'x', headers: { 'content-type': 'text/plain' } })).json(), { code: 3, message: 'Bad request' })
  t.strictSame(owner.socketio.metrics.ended, { 'parse error': 1 })
})

t.test('a listener of "connection_error" that fails breaks no link, and is logged', async (t) => {
  const { lines, logger } = captureLog('error')
  const [owner, edge] = await Promise.all(fakeClusters(2).map((cluster) => pluginApp(t, { cluster }, { logger })))
  if (owner === undefined || edge === undefined) throw new Error('two nodes')
  await Promise.all([owner.ready(), edge.ready()])
  edge.socketio.on('connection_error', () => { throw new Error('on purpose') })
  t.equal((await edge.inject('/socket.io/1/xhr-polling/node-0--nobody')).body, '7:::1+0')
  t.equal((await edge.inject(`${urlOf(4, 'polling')}&sid=node-0--nobody`)).statusCode, 400)
  t.strictSame(lines.map(({ msg }) => msg), Array(2).fill('a listener of "connection_error" failed'))
})

t.test('revision 1: a script, a form and ?disconnect at the other node', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const sid = await handshake(owner)
  const headers = { referer: 'http://localhost/' }
  t.equal((await edge.inject({ url: `/socket.io/1/jsonp-polling/${sid}?i=0`, headers })).body, 'io.j[0]("1::");')
  const heard = new Promise((resolve) => { owner.socketio.sessions.get(sid)?.on('packet', resolve) })
  const form = await edge.inject({ method: 'POST', url: `/socket.io/1/jsonp-polling/${sid}?i=0`, payload: `d=${encodeURIComponent('"3:::ü"')}`, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } })
  t.equal(form.body, '1')
  t.match(await heard, { type: 'message', data: 'ü' })
  t.equal((await edge.inject(`/socket.io/1/xhr-polling/${sid}?disconnect`)).body, '')
  await until(() => owner.socketio.sessions.size === 0)
  t.strictSame(owner.socketio.metrics.ended, { 'client left': 1 })
})

t.test('a POST to a session that the application has closed is refused at its end, and forgotten when its client goes', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  socket.write('last')
  socket.close()
  const refused = edge.inject({ method: 'POST', url, payload: '4a', headers: { 'content-type': 'text/plain' } })
  t.equal((await edge.inject(url)).body, '4last')
  t.equal((await edge.inject(url)).body, '1')
  t.strictSame((await refused).json(), { code: 1, message: 'Session ID unknown' })
})

t.test('two polls at a time, at two nodes, end a session as at one', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  const first = edge.inject(url)
  await until(() => socket.transport.writable)
  t.strictSame((await owner.inject(url)).json(), { code: 3, message: 'Bad request' })
  t.equal((await first).statusCode, 200)
  t.strictSame(owner.socketio.metrics.ended, { 'protocol violation': 1 })
})

t.test('the packets of a poll that breaks at the other node go into the next one', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const sid = await handshake(owner)
  t.equal((await poll(edge, sid)).body, '1::')
  const client = new Revision1Client(await portOf(edge), 'xhr-polling', sid)
  t.teardown(() => client.close())
  const socket = owner.socketio.sessions.get(sid)
  client.hold()
  await until(() => socket?.transport.writable === true)
  client.close()
  await until(() => socket?.transport.writable === false)
  socket?.send({ type: 'message', data: 'kept' })
  t.equal((await poll(edge, sid)).body, '3:::kept')
})

for (const name of ALL) {
  t.test(`revision 1 over ${name} at the other node`, async (t) => {
    const { owner, edge } = await twoNodes(t)
    owner.socketio.on('connection', (socket) => socket.on('packet', (packet) => { if (packet.type === 'message') socket.send({ type: 'message', data: packet.data }) }))
    const sid = await handshake(owner)
    const client = new Revision1Client(await portOf(edge), name, sid)
    t.teardown(() => client.close())
    t.strictSame(await client.take(1), ['1::'])
    await client.send('3:::hello')
    t.strictSame(await client.take(1), ['3:::hello'])
    t.equal(owner.socketio.sessions.get(sid)?.transport.name, name)
    t.equal(edge.socketio.clientsCount, 0)
  })
}

t.test('an upgrade at another node than the polls', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const { sid, url, socket } = await connectEngine(owner, ENGINE_4)
  const parked = edge.inject(url)
  const wire = await openWebSocket(`http://127.0.0.1:${await portOf(edge)}${urlOf(4, 'websocket', `&sid=${sid}`)}`)
  wire.send('2probe')
  t.equal(await wire.next(), '3probe')
  t.equal((await parked).body, '6')
  wire.send('5')
  await until(() => socket.transport.name === 'websocket')
  socket.write('moved')
  t.equal(await wire.next(), '4moved')
  const heard = new Promise((resolve) => { socket.on('data', resolve) })
  wire.send(Buffer.of(1, 2))
  t.strictSame(await heard, Buffer.of(1, 2))
  wire.close()
  await until(() => owner.socketio.sessions.size === 0)
  t.strictSame(owner.socketio.metrics.ended, { 'connection closed': 1 })
})

t.test('a node that closes lets polls go, so that its clients poll elsewhere, and closes WebSockets', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  const parked = fetch(`http://127.0.0.1:${await portOf(edge)}${url}`)
  await until(() => socket.transport.writable)
  const old = await connectRevision1(await portOf(owner), 'xhr-polling')
  const wire = new Revision1Client(await portOf(edge), 'websocket', old.sid)
  t.teardown(() => { old.close(); wire.close() })
  wire.hold()
  await until(() => owner.socketio.sessions.get(old.sid)?.transport.name === 'websocket')
  await edge.close()
  const answer = await parked
  t.strictSame([answer.status, await answer.text(), answer.headers.get('connection')], [200, '6', 'close'])
  socket.write('still here')
  t.equal((await owner.inject(url)).body, '4still here')
  await until(() => !owner.socketio.sessions.has(old.sid))
  t.strictSame(owner.socketio.metrics.ended, { 'connection closed': 1 })
})

t.test('a node that drains tells its clients on other nodes to leave', async (t) => {
  const { owner, edge } = await twoNodes(t)
  await portOf(owner) // keeps the process alive while the drain waits
  const { url, socket } = await connectEngine(owner, ENGINE_4)
  const parked = edge.inject(url)
  await until(() => socket.transport.writable)
  owner.socketio.drain(1000).catch(() => {})
  t.equal((await parked).body, '1')
  t.equal((await edge.inject(url)).statusCode, 400)
})

t.test('a session whose queue exceeds its limit breaks the stream at the other node', async (t) => {
  const { owner, edge } = await twoNodes(t, { maxQueueBytes: 100_000 })
  const sid = await handshake(owner)
  await beganGet(t, `http://127.0.0.1:${await portOf(edge)}/socket.io/1/htmlfile/${sid}`)
  const socket = owner.socketio.sessions.get(sid)
  for (let i = 0; i < 2000 && socket?.readyState === 'open'; i++) {
    socket.send({ type: 'message', data: 'x'.repeat(10_000) })
    if (i % 10 === 0) await turn()
  }
  t.strictSame(owner.socketio.metrics.ended, { 'slow client': 1 })
  await until(() => owner.socketio.metrics.queuedBytes === 0 && edge.socketio.metrics.queuedBytes === 0)
})

t.test('a client that sends more than the window loses nothing', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const sid = await handshake(owner)
  const got: number[] = []
  owner.socketio.on('connection', (socket) => socket.on('packet', (packet) => { if (packet.type === 'message') got.push(packet.data.length) }))
  const client = new Revision1Client(await portOf(edge), 'websocket', sid)
  t.teardown(() => client.close())
  await client.take(1)
  for (let i = 0; i < 50; i++) await client.send(`3:::${'x'.repeat(50_000)}`)
  await until(() => got.length === 50)
  t.strictSame(got, Array(50).fill(50_000))
})

t.test('POSTs of revision 1 at the other node are answered after they were delivered', async (t) => {
  const { owner, edge } = await twoNodes(t)
  const sid = await handshake(owner)
  const packets: unknown[] = []
  owner.socketio.on('connection', (socket) => socket.on('packet', ({ type }) => packets.push(type)))
  t.equal((await post(edge, sid, '3:::first')).body, '1')
  t.strictSame(packets, ['message'], 'the first request opens the session, also a POST')
})
