// Closing an app while clients hold connections that asked for an upgrade and carry no WebSocket. Node does not count such connections any
// more, so that neither its timeouts nor `forceCloseConnections` end them.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { mock } from 'node:test'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import socketioTransports from '../../../src/index.js'
import { head, UPGRADE } from '../../kit/raw/http.js'
import { until, within } from '../../kit/progress.js'
import { portOf } from '../../kit/servers/app.js'
import { dial } from '../../kit/raw/connection.js'

/** More than kernels keep for a client that does not read, bytes. */
const BIG = 64 * 1024 * 1024
const WEBSOCKET = '/socket.io/?EIO=4&transport=websocket'
/** How long a test waits for what should take a second at most, ms. */
const PATIENCE = 8000

interface Held {
  app: FastifyInstance
  client: Socket
  /** Whether the server has given the connection up when hooks of `preClose` run that come after ours. */
  destroyed (): boolean | undefined
}

/** The requests whose connections are held, and how the app treats them: `big` answers with a large body, `parked` never answers. */
const REQUESTS: Record<string, string> = {
  'a big page, asked for with another upgrade': head('GET', '/big', 'Connection: Upgrade', 'Upgrade: foo'),
  'a big page, asked for with an upgrade to HTTP/2, kept alive': head('GET', '/big', 'Connection: Upgrade, HTTP2-Settings, keep-alive', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'),
  'a big page, asked for with an upgrade to a WebSocket': head('GET', '/big', ...UPGRADE),
  'a poll of ours, asked for with another upgrade, refused with a big body': head('GET', '/socket.io/?EIO=4&transport=polling&big', 'Connection: Upgrade', 'Upgrade: foo'),
  'a WebSocket of ours, refused by a hook with a big body': head('GET', `${WEBSOCKET}&big`, ...UPGRADE),
  'a WebSocket of ours, in a hook that does not end': head('GET', `${WEBSOCKET}&parked`, ...UPGRADE),
  'a WebSocket of revision 1, refused by a hook with a big body': head('GET', '/socket.io/1/websocket/x?big', ...UPGRADE),
  'a page in a hook that does not end': head('GET', '/big?parked', ...UPGRADE)
}

async function hold (t: Test, request: string, options: object, own: boolean): Promise<Held> {
  const app = Fastify(options) as FastifyInstance
  let seen = 0
  app.addHook('onRequest', async ({ url }, reply) => {
    seen++
    if (url.includes('parked')) await new Promise(() => {})
    if (url.includes('&big') || url.includes('?big')) return await reply.code(401).type('text/plain').send('x'.repeat(BIG))
  })
  app.get('/big', async (_request, reply) => reply.type('text/plain').send('x'.repeat(BIG)))
  if (own) await app.register(fastifyWebsocket)
  await app.register(socketioTransports)
  const connected = once(app.server, 'connection') as Promise<[Socket]>
  let destroyed: boolean | undefined
  await app.register(async (scope) => {
    scope.addHook('preClose', async () => {
      const [server] = await connected
      destroyed = server.destroyed
    })
  })
  const raw = dial(t, await portOf(app))
  const client = raw.socket.pause()
  raw.write(request)
  await until(() => seen === 1)
  return { app, client, destroyed: () => destroyed }
}

async function closes (t: Test, app: FastifyInstance): Promise<void> {
  await t.resolves(within(PATIENCE, 'end of the app', app.close()))
}

for (const [what, request] of Object.entries(REQUESTS)) {
  for (const own of [false, true]) {
    if (own && !request.includes('/socket.io/')) continue // the app's, which ends them itself or not
    const whose = own ? ', with @fastify/websocket of the app' : ''
    t.test(`${what}${whose}: the app closes though nothing is read`, async (t) => {
      const { app, destroyed } = await hold(t, request, {}, own)
      await closes(t, app)
      t.equal(destroyed(), false, 'an answer under way had time')
    })

    t.test(`${what}${whose}: with forceCloseConnections, the app closes at once`, async (t) => {
      const { app, destroyed } = await hold(t, request, { forceCloseConnections: true }, own)
      await closes(t, app)
      t.equal(destroyed(), true)
    })
  }
}

t.test('an answer under way that is read while the app closes arrives whole', async (t) => {
  const { app, client } = await hold(t, String(Object.values(REQUESTS)[0]), {}, false)
  mock.timers.enable({ apis: ['setTimeout'] }) // a busy machine needs more than the second that the answer has
  t.teardown(() => mock.timers.reset())
  let length = 0
  client.on('data', (chunk) => { length += chunk.length })
  const closed = closes(t, app)
  client.resume()
  await once(client, 'end')
  t.ok(length > BIG)
  await closed
})

t.test('a client that leaves while a page that it asked for with an upgrade is silent is noticed', async (t) => {
  const app = Fastify() as FastifyInstance
  t.teardown(() => app.close())
  let gone = false
  app.get('/events', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.raw.write('data: 1\n\n')
    reply.raw.on('close', () => { gone = true })
  })
  await app.register(socketioTransports)
  const client = dial(t, await portOf(app))
  client.write(head('GET', '/events', 'Connection: Upgrade', 'Upgrade: h2c'))
  await client.bytes(1)
  client.socket.end()
  await until(() => gone)
  t.pass('the page is told')
})
