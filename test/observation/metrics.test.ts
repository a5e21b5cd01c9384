// `app.socketio.metrics` of real clients with default options.
import t from 'tap'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import type { Peer } from '../kit/official-clients.js'
import { portOf, serverApp } from '../kit/servers/app.js'
import { serveEngine } from '../kit/engine-io/server.js'
import { until } from '../kit/waiting.js'
import type { FastifyInstance } from 'fastify'

const traffic = ({ socketio }: FastifyInstance) => socketio.metrics.traffic

t.test('sessions by dialect and transport, held polls, moves and ends, of every generation', async (t) => {
  const app = await serverApp(t)
  const url = `http://127.0.0.1:${await portOf(app)}`
  t.match(app.socketio.metrics, { sessions: {}, opening: 0, pollsHeld: 0, forwarded: 0, nodes: {} })
  const clients: Peer[] = []
  t.teardown(() => { for (const client of clients) client.disconnect() })
  for (const generation of GENERATIONS) {
    for (const transport of ['polling', 'websocket']) {
      const client = connectOfficial(generation, url, [transport])
      clients.push(client)
      await hear(client, 'connect')()
    }
  }
  await until(() => app.socketio.metrics.pollsHeld === GENERATIONS.length)
  t.strictSame(app.socketio.metrics.sessions, {
    'revision 1': { 'xhr-polling': 1, websocket: 1 },
    'engine 3': { polling: 2, websocket: 2 },
    'engine 4': { polling: 2, websocket: 2 }
  })
  t.strictSame(app.socketio.metrics.upgrades, { tried: 0, done: 0, failed: 0 })
  t.equal(app.socketio.metrics.histograms.handshake.count, clients.length)
  t.equal(app.socketio.metrics.histograms.session.count, 0)
  for (const client of clients) client.disconnect()
  await until(() => app.socketio.sessions.size === 0 && app.socketio.metrics.pollsHeld === 0)
  const { sessions, ended, histograms: { session, poll } } = app.socketio.metrics
  t.strictSame(sessions, {})
  t.equal(Number(ended['client left']) + Number(ended['connection closed']), clients.length)
  t.equal(session.count, clients.length)
  t.ok(poll.count > GENERATIONS.length)
  t.ok(traffic(app).packetsIn > clients.length && traffic(app).bytesOut > traffic(app).packetsOut)
})

t.test('upgrades: tried, done and failed', async (t) => {
  const { app, connect } = await serveEngine(t)
  const { client } = await connect(4, 'xhr')
  const upgrades = () => app.socketio.metrics.upgrades
  const broken = client.newWire()
  await broken.opened
  broken.send('2probe')
  t.equal(await broken.next(), '3probe')
  t.strictSame(upgrades(), { tried: 1, done: 0, failed: 0 })
  broken.close()
  await until(() => upgrades().failed === 1)
  const wire = client.newWire()
  await wire.opened
  wire.send('2probe')
  t.equal(await wire.next(), '3probe')
  wire.send('5')
  await until(() => upgrades().done === 1)
  t.strictSame(upgrades(), { tried: 2, done: 1, failed: 1 })
  t.strictSame(app.socketio.metrics.sessions, { 'engine 4': { websocket: 1 } })
})

t.test('the largest queue, and sessions that have made only a handshake', async (t) => {
  const { app, connect } = await serveEngine(t, { dialects: ['revision 1', 'engine 4'], transports: ['polling', 'websocket', 'xhr-polling'] })
  await app.inject('/socket.io/1/')
  t.match(app.socketio.metrics, { opening: 1, sessions: {} })
  const { socket } = await connect(4, 'xhr')
  socket.write('x'.repeat(10_000))
  const { largestQueue, queuedBytes } = app.socketio.metrics
  t.ok(largestQueue > 10_000 && largestQueue <= queuedBytes)
})

t.test('heartbeats missed', async (t) => {
  const { app, connect } = await serveEngine(t, { pingInterval: 50, pingTimeout: 50 })
  await connect(4, 'xhr')
  await until(() => app.socketio.metrics.heartbeatsMissed === 1)
  t.match(app.socketio.metrics.ended, { 'ping timeout': 1 })
})
