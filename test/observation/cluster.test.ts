// Forwarded requests, ids in the log and channels with several nodes: three nodes, and a proxy that sends each request to the next one.
import t from 'tap'
import socketioTransports, { channels } from '../../src/index.js'
import type { RequestMessage } from '../../types/observation.js'
import { fakeClusters } from '../kit/cluster/fake-cluster.js'
import { serveNodes } from '../kit/cluster/serve-nodes.js'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import { captureLog, newApp } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'

t.test('clients that poll over all nodes', async (t) => {
  const { lines, logger } = captureLog('info')
  const { apps, url } = await serveNodes(t, fakeClusters(3), async (options) => {
    const app = newApp(t, { logger })
    await app.register(socketioTransports, options)
    return app
  })
  const requests: RequestMessage[] = []
  const listener = (message: RequestMessage): void => { requests.push(message) }
  channels.request.subscribe(listener)
  t.teardown(() => channels.request.unsubscribe(listener))
  for (const generation of GENERATIONS) {
    const client = connectOfficial(generation, url, ['polling'])
    t.teardown(() => client.disconnect())
    await hear(client, 'connect')()
  }
  await until(() => apps.reduce((sum, { socketio }) => sum + socketio.metrics.pollsHeld, 0) === GENERATIONS.length)
  const all = apps.map(({ socketio }) => socketio.metrics)
  t.ok(all.every(({ forwarded }) => forwarded > 0), JSON.stringify(all.map(({ forwarded }) => forwarded)))
  const sids = apps.flatMap(({ socketio }) => [...socketio.sessions.keys()])
  t.equal(sids.length, GENERATIONS.length)
  const text = JSON.stringify(lines)
  for (const sid of sids) {
    t.notMatch(text, new RegExp(sid))
    t.ok(lines.some((line) => line.msg === 'session opened' && line['sid'] === `${sid.slice(0, 12)}…`), 'the tag of the node, and four characters more')
  }
  for (const { engine, socket } of requests) t.equal(engine.sessions.get(socket.id), socket, 'a request is published where it arrives, if its session is there')
})
