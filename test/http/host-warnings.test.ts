// Settings of the app's server with which clients cannot connect or stay: what becomes of real clients, and the warning that says so.
import type { FastifyServerOptions } from 'fastify'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { CERTIFICATE, KEY } from '../kit/machine/certificate.js'
import { connectOfficial, hear } from '../kit/official-clients.js'
import type { Generation, Peer } from '../kit/official-clients.js'
import { captureLog, newApp, portOf } from '../kit/servers/app.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import type { Teardown } from '../kit/teardown.js'

/** An app that is ready, and what it has warned of. */
async function start (t: Teardown, server: object, options: SocketioTransportsOptions = {}, prepare: (server: { timeout: number }) => void = () => {}) {
  const { lines, logger } = captureLog('warn')
  const app = newApp(t, { logger, ...('http2' in server && { forceCloseConnections: false }), ...server } as FastifyServerOptions)
  await app.register(socketioTransports, { io: {}, ...options })
  prepare(app.server)
  await app.ready()
  return { app, warnings: lines.filter(({ level }) => level === 40).map(({ msg }) => msg).filter((msg) => !msg.startsWith('refused')), port: await portOf(app) }
}

/** A client of a transport. */
function client (t: Teardown, generation: Generation, port: number, transport: string, options = {}): Peer {
  const made = connectOfficial(generation, `http://127.0.0.1:${port}`, [transport], options)
  if (generation !== 0.9) t.teardown(() => made.disconnect()) // the old one throws when it has not connected
  return made
}

const LOST = 'Fastify does not find the routes of longer ones, so clients up to 0.9 cannot connect; set maxParamLength to'

t.test('maxParamLength below the length of a session id keeps old clients out', async (t) => {
  for (const server of [{ routerOptions: { maxParamLength: 19 } }, { maxParamLength: 19 }]) {
    const { app, warnings, port } = await start(t, server)
    t.strictSame(warnings, [`maxParamLength is 19, and session ids have 20 characters: ${LOST} 20 or more`])
    const handshake = await (await fetch(`http://127.0.0.1:${port}/socket.io/1/`)).text()
    const url = `http://127.0.0.1:${port}/socket.io/1/xhr-polling/${handshake.split(':')[0]}`
    t.not((await fetch(url, { method: 'POST', body: '2::' })).status, 200)
    t.not(await (await fetch(url)).text(), '1::')
    for (const transport of ['polling', 'websocket']) await hear(client(t, 4, port, transport), 'connect')()
    t.equal(app.io.engine.clientsCount, 2)
  }
})

t.test('with generateId, maxParamLength must let every id in', async (t) => {
  const generateId = (): string => 'x'.repeat(99) + Math.random().toString(36).slice(-1)
  const { warnings } = await start(t, { maxParamLength: 99 }, { generateId })
  t.strictSame(warnings, [`maxParamLength is 99, and generateId may return longer session ids: ${LOST} 100 or more`])
  const { app, warnings: none } = await start(t, {}, { generateId })
  t.strictSame(none, [])
  t.ok(await connectPolling(app))
})

t.test('maxParamLength concerns nobody without old clients, and none of them from 20 on', async (t) => {
  t.strictSame((await start(t, { maxParamLength: 10 }, { dialects: ['engine 3', 'engine 4'] })).warnings, [])
  const { app, warnings } = await start(t, { maxParamLength: 20 })
  t.strictSame(warnings, [])
  t.ok(await connectPolling(app))
})

/** Times of a second for what is held open. */
const TIMES: SocketioTransportsOptions = { pingInterval: 1000, pollingDuration: 1000, heartbeatInterval: 1000 }
const CLOSED = 'so these clients reconnect again and again; set it above'
const ALL = 'not above pingInterval (1000) and pollingDuration (1000) and heartbeatInterval (1000): ' +
  `Node closes polls of clients 1.x to 4.x, polls of clients up to 0.9, htmlfile and xhr-multipart streams before they are answered, ${CLOSED} 1000, or to 0 for none`

for (const [name, server, prepare] of [
  ['connectionTimeout', { connectionTimeout: 200 }, undefined],
  ['app.server.timeout', {}, (server: { timeout: number }) => { server.timeout = 200 }]
] as const) {
  t.test(`${name} that is not above the times of polls and streams breaks them, but no WebSocket`, async (t) => {
    const { app, warnings, port } = await start(t, server, TIMES, prepare)
    t.strictSame(warnings, [`${name} is 200 ms, ${ALL}`])
    const websocket = client(t, 4, port, 'websocket')
    const gone = hear(websocket, 'disconnect')
    await hear(websocket, 'connect')()
    const polling = client(t, 4, port, 'polling')
    const broken = hear(polling, 'disconnect')
    await hear(polling, 'connect')()
    t.match(await broken(), ['transport error'])
    const [sid] = (await (await fetch(`http://127.0.0.1:${port}/socket.io/1/`)).text()).split(':')
    const stream = await fetch(`http://127.0.0.1:${port}/socket.io/1/htmlfile/${sid}`)
    await t.rejects(stream.text(), 'the stream breaks')
    t.strictSame([app.socketio.metrics.ended['connection broken'], await Promise.race([gone(), 'open'])], [1, 'open'])
  })
}

t.test('a timeout above the times does no harm', async (t) => {
  const { warnings, port } = await start(t, { connectionTimeout: 400 }, { pingInterval: 200, pollingDuration: 200, heartbeatInterval: 200 })
  t.strictSame(warnings, [])
  const polling = client(t, 4, port, 'polling')
  const gone = hear(polling, 'disconnect')
  await hear(polling, 'connect')()
  const [sid] = (await (await fetch(`http://127.0.0.1:${port}/socket.io/1/`)).text()).split(':')
  const poll = async (): Promise<string> => await (await fetch(`http://127.0.0.1:${port}/socket.io/1/xhr-polling/${sid}`)).text()
  t.strictSame([await poll(), await poll(), await poll()], ['1::', '8::', '8::'])
  t.equal(await Promise.race([gone(), 'open']), 'open')
})

t.test('only what is served counts for the timeout', async (t) => {
  const server = { connectionTimeout: 1000 }
  t.strictSame((await start(t, server, { ...TIMES, transports: ['websocket'] })).warnings, [])
  t.match((await start(t, server, { ...TIMES, transports: ['websocket', 'polling'] })).warnings, [/not above pingInterval \(1000\): Node closes polls of clients 1.x to 4.x before/])
  t.match((await start(t, server, { ...TIMES, dialects: ['revision 1'], transports: ['xhr-polling'] })).warnings, [/not above pollingDuration \(1000\): Node closes polls of clients up to 0.9 before/])
  t.match((await start(t, server, { ...TIMES, dialects: ['revision 1'], transports: ['htmlfile'], heartbeatInterval: false })).warnings,
    [/^heartbeatInterval is false/, /not above heartbeatInterval \(false\): .* again and again; set it to 0 for none$/])
  t.strictSame((await start(t, { connectionTimeout: 1001 }, TIMES)).warnings, [])
})

const TLS = { key: KEY, cert: CERTIFICATE }
const NO_HTTP_1 = 'http2 is true without https.allowHTTP1: clients cannot open WebSockets, and those that try nothing else cannot connect; ' +
  'set https: { allowHTTP1: true }, or leave "websocket" out of the option "transports"'

t.test('http2 without HTTP/1.1 has no WebSockets', async (t) => {
  const { app, warnings, port } = await start(t, { http2: true, https: { ...TLS, unknownProtocolTimeout: 50 } }) // else Node keeps the connection for ten seconds
  const ended = new Promise((resolve) => app.server.once('connection', (socket) => socket.once('close', resolve)))
  t.strictSame(warnings, [NO_HTTP_1])
  const refused = connectOfficial(4, `https://127.0.0.1:${port}`, ['websocket'], { rejectUnauthorized: false })
  t.teardown(() => refused.disconnect())
  t.match(await hear(refused, 'connect_error')(), [{ type: 'TransportError' }])
  await ended // before it has, Node's close() does not end either, with or without this plugin
  t.strictSame((await start(t, { http2: true })).warnings, [NO_HTTP_1])
  t.strictSame((await start(t, { http2: true }, { transports: ['polling', 'xhr-polling'] })).warnings, [])
})

t.test('with HTTP/1.1 beside, it has', async (t) => {
  const { warnings, port } = await start(t, { http2: true, https: { ...TLS, allowHTTP1: true } })
  t.strictSame(warnings, [])
  for (const transport of ['websocket', 'polling']) {
    const made = connectOfficial(4, `https://127.0.0.1:${port}`, [transport], { rejectUnauthorized: false })
    t.teardown(() => made.disconnect())
    await hear(made, 'connect')()
  }
})

t.test('requestTimeout and headersTimeout are for what a client sends, and end no poll', async (t) => {
  const { warnings, port } = await start(t, { requestTimeout: 1000, http: { headersTimeout: 1000, connectionsCheckingInterval: 100 } }, { pingInterval: 2000, pollingDuration: 2000 })
  t.strictSame(warnings, [])
  const ask = async (path: string, body?: string): Promise<string> =>
    await (await fetch(`http://127.0.0.1:${port}/socket.io/${path}`, body === undefined ? {} : { method: 'POST', body })).text()
  const [old] = (await ask('1/')).split(':')
  t.equal(await ask(`1/xhr-polling/${old}`), '1::')
  const { sid } = JSON.parse((await ask('?EIO=4&transport=polling')).slice(1)) as { sid: string }
  t.strictSame(await Promise.all([ask(`1/xhr-polling/${old}`), ask(`?EIO=4&transport=polling&sid=${sid}`)]), ['8::', '2'])
})

/** Settings that look dangerous: each was tried with every client. */
const HARMLESS: Record<string, object> = {
  keepAliveTimeout: { keepAliveTimeout: 1 },
  handlerTimeout: { handlerTimeout: 50 },
  bodyLimit: { bodyLimit: 1 },
  maxRequestsPerSocket: { maxRequestsPerSocket: 1 },
  return503OnClosing: { return503OnClosing: false },
  exposeHeadRoutes: { exposeHeadRoutes: false },
  'the router': { routerOptions: { caseSensitive: false, ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, useSemicolonDelimiter: true } },
  maxHeaderSize: { http: { maxHeaderSize: 512 } }
}

for (const [name, server] of Object.entries(HARMLESS)) {
  t.test(`${name}: no client notices, and nothing is warned of`, async (t) => {
    const { app, warnings, port } = await start(t, server, { pingInterval: 200, pollingDuration: 200 })
    t.strictSame(warnings, [])
    app.io.on('connection', (socket) => socket.on('echo', (x: unknown, ack: (x: unknown) => void) => ack(x)))
    const visit = async (generation: Generation, transport: string): Promise<void> => {
      const peer = client(t, generation, port, transport)
      const gone = hear(peer, 'disconnect')
      await hear(peer, 'connect')()
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => { setTimeout(resolve, 90) }) // longer than any of these times; three of these are more than a poll
        await new Promise((resolve) => { peer.emit('echo', i, resolve) })
      }
      t.equal(await Promise.race([gone(), 'open']), 'open', `${generation} by ${transport}`)
      peer.disconnect()
    }
    await Promise.all(([0.9, 2, 4] as const).flatMap((generation) => ['polling', 'websocket'].map((transport) => visit(generation, transport))))
  })
}
