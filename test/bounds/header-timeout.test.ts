// How long the head of a request may take: that is Node's to say, and the app's to set.
import type { FastifyHttpOptions, FastifyServerOptions } from 'fastify'
import t from 'tap'
import { newApp, pluginApp, portOf } from '../kit/servers/app.js'
import socketioTransports from '../../src/index.js'
import { dial } from '../kit/raw/connection.js'
import { parse } from '../kit/raw/http.js'

/** What Node is told: it looks after heads every so many ms, by default every 30 000. */
const node = (http: NonNullable<FastifyHttpOptions<never>['http']>) => ({ http }) as FastifyServerOptions

const PATHS = ['/socket.io/1/', '/socket.io/1/xhr-polling/abc', '/socket.io/?EIO=3&transport=polling', '/socket.io/?EIO=4&transport=websocket']

t.test('by default it is a minute, and the whole request may take as long as it likes', async (t) => {
  const { server } = await pluginApp(t)
  t.equal(server.headersTimeout, 60_000)
  t.equal(server.requestTimeout, 0, 'Fastify turns it off: bodies have bodyTimeout')
})

t.test('an app that sets headersTimeout has it on our routes: a head that stalls is refused with 408 and its connection closed', async (t) => {
  const app = newApp(t, node({ headersTimeout: 200, connectionsCheckingInterval: 50 }))
  await app.register(socketioTransports)
  const port = await portOf(app)
  const stalled = PATHS.flatMap((path) => [
    [`GET ${path} HTTP/1.1`, 'Host: localhost', 'X-Unfinished: '],
    [`POST ${path} HTTP/1.1`, 'Host: loc'],
    [`GET ${path.slice(0, 5)}`],
    [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', '']
  ]).map((lines) => {
    const raw = dial(t, port)
    raw.writeLines(...lines)
    return raw
  })
  for (const raw of stalled) {
    await raw.closed
    t.match(parse(raw.text), { status: 408 })
  }
  t.strictSame([app.socketio.sessions.size, app.socketio.metrics.opened], [0, 0])
})

t.test('a head that comes in time is answered, and what is then held open is none of its business', async (t) => {
  const app = newApp(t, node({ headersTimeout: 300, connectionsCheckingInterval: 50 }))
  await app.register(socketioTransports)
  const raw = dial(t, await portOf(app))
  raw.writeLines('GET /socket.io/1/ HTTP/1.1', 'Host: localhost', '', '')
  const sid = /([\w-]{20}):60:60:/.exec(await raw.answers(1))?.[1] ?? ''
  for (let i = 2; i <= 3; i++) {
    raw.writeLines(`GET /socket.io/1/xhr-polling/${sid} HTTP/1.1`, 'Host: localhost', '', '')
    if (i === 3) break
    t.match(await raw.answers(i), /1::$/)
  }
  await new Promise((resolve) => setTimeout(resolve, 700)) // more than twice the time that a head has
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'late' })
  t.match(await raw.answers(3), /3:::late$/)
})
