// A page behind a proxy that changes Host, in front of two nodes: its WebSocket arrives at the other node than its handshake. Only the handshake shows that the page is the
// server's own (Sec-Fetch-Site; Chromium does not send it with a WebSocket). The node with the session decides.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { refusingCluster } from '../kit/cluster/refusing-cluster.js'
import { linked, twoClusters } from '../kit/cluster/two-clusters.js'
import { readOpen } from '../kit/engine-io/payload.js'
import { changingProxy } from '../kit/network/changing-proxy.js'
import { fetchText } from '../kit/request.js'
import { captureLog, newApp, portOf } from '../kit/servers/app.js'
import type { LogLine } from '../kit/servers/app.js'
import { openWebSocket, refusal } from '../kit/websocket.js'
import type { CorsOptions } from '../../types/options.js'
import socketioTransports from '../../src/index.js'

interface Setting {
  /** The origin of a page. */
  readonly page: string
  readonly owner: FastifyInstance
  readonly edge: FastifyInstance
  /** What the edge logs. */
  readonly lines: readonly LogLine[]
}

/** Two linked nodes. WebSockets go to the one, all other requests to the other. */
async function start (t: Test, cors: CorsOptions = {}): Promise<Setting> {
  const { logger, lines } = captureLog('warn')
  const clusters = await twoClusters()
  const [owner, edge] = await Promise.all(clusters.map(async (cluster, at) => {
    const app = newApp(t, { logger: at === 1 && logger })
    await app.register(socketioTransports, { io: {}, cors, cluster })
    return app
  }))
  if (owner === undefined || edge === undefined) throw new Error('two nodes')
  const [toOwner, toEdge] = await Promise.all([owner, edge].map(async (app) => `http://127.0.0.1:${await portOf(app)}`))
  await linked(clusters)
  const page = await changingProxy(t, ({ headers }: IncomingMessage) => String(headers.upgrade === undefined ? toOwner : toEdge))
  return { page, owner, edge, lines }
}

/** The ways to open a session by a poll, and the URL of its WebSocket. */
const WAYS: Record<string, (page: string, headers: Record<string, string>) => Promise<string>> = {
  'revision 1': async (page, headers) => {
    const { body } = await fetchText(`${page}/socket.io/1/`, { headers })
    return `${page}/socket.io/1/websocket/${body.split(':')[0]}`
  },
  ...Object.fromEntries([3, 4].map((eio) => [`Engine.IO ${eio}`, async (page: string, headers: Record<string, string>) => {
    const { body } = await fetchText(`${page}/socket.io/?EIO=${eio}&transport=polling&b64=1`, { headers })
    return `${page}/socket.io/?EIO=${eio}&transport=websocket&sid=${readOpen(body.replace(/^\d+:/, '')).sid}`
  }]))
}

for (const [dialect, open] of Object.entries(WAYS)) {
  t.test(`${dialect}: the WebSocket of the own page is accepted at the other node`, async (t) => {
    const { page, owner, edge, lines } = await start(t)
    const url = await open(page, { 'sec-fetch-site': 'same-origin', referer: `${page}/page` })
    t.strictSame([owner, edge].map(({ socketio }) => socketio.sessions.size), [1, 0])
    const wire = await openWebSocket(url, { origin: page })
    if (dialect === 'revision 1') t.equal(await wire.next(), '1::')
    else {
      wire.send('2probe')
      t.equal(await wire.next(), '3probe')
    }
    t.strictSame(lines, [])
    wire.close()
  })

  t.test(`${dialect}: every other is refused there, as at the node with the session`, async (t) => {
    const { page, owner, lines } = await start(t)
    const own = `http://127.0.0.1:${await portOf(owner)}`
    const url = await open(page, { 'sec-fetch-site': 'same-origin', referer: `${page}/page` })
    const silent = await open(page, { 'sec-fetch-site': 'same-origin' })
    const program = await open(page, {})
    const unknown = url.replace(/.{8}$/, 'unknown0')
    for (const [target, origin] of [[url, 'http://evil.test'], [url, 'null'], [silent, page], [program, page], [unknown, page]] as const) {
      const [there, here] = [await refusal(target, { origin }), await refusal(target.replace(page, own), { origin })]
      t.equal(there.status, 403, `${origin} ${target}`)
      t.strictSame(there, here, 'in the same words')
    }
    t.strictSame(lines.map(({ reason }) => reason), Array.from({ length: 5 }, () => 'origin refused'))
    t.match(lines[0], { detail: /set trustProxy/, origin: 'http://evil.test' }, 'and the log says what to do')
  })
}

t.test('while the node with the session is out of reach, the refusal says so: the client may come again', async (t) => {
  const { logger, lines } = captureLog('warn')
  const cluster = refusingCluster({ reason: 'node unreachable', detail: 'no link to it is up', context: {} })
  const app = newApp(t, { logger })
  await app.register(socketioTransports, { cluster })
  const url = `http://127.0.0.1:${await portOf(app)}`
  t.strictSame(await refusal(`${url}/socket.io/1/websocket/elsewhr-0`, { origin: 'http://page.test' }), { status: 400, body: 'unknown session' })
  t.strictSame(await refusal(`${url}/socket.io/?EIO=4&transport=websocket&sid=elsewhr-0`, { origin: 'http://page.test' }), { status: 400, body: '{"code":1,"message":"Session ID unknown"}' })
  t.match(lines, [{ reason: 'node unreachable' }, { reason: 'node unreachable' }])
})

t.test('an origin that is allowed needs nobody to vouch for it', async (t) => {
  const { page } = await start(t, { origin: ['http://friend.test'] })
  const url = await WAYS['Engine.IO 4']?.(page, { origin: 'http://friend.test' }) ?? ''
  const wire = await openWebSocket(url, { origin: 'http://friend.test' })
  wire.send('2probe')
  t.equal(await wire.next(), '3probe')
  wire.close()
})
