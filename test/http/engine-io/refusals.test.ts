// Requests of Engine.IO that are refused: what the client reads, what listeners are told, and what is logged, by code.
import type { IncomingMessage } from 'node:http'
import t from 'tap'
import { show } from '../../unit/codec/show.js'
import { captureLog, pluginApp, portOf } from '../../kit/servers/app.js'
import type { LogLine } from '../../kit/servers/app.js'
import { connectEngine, refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import { scriptHeaders } from '../../kit/script.js'
import { handshake } from '../../kit/revision-1/inject.js'
import { requestUpgrade } from '../../kit/request.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { RefusalReason } from '../../../types/reasons.js'
import type { Teardown } from '../../kit/teardown.js'
import { ENGINE_3, ENGINE_4 } from '../../kit/engine-io/payload.js'
import { WebSocketClient } from '../../kit/websocket.js'

const MESSAGES = ['Transport unknown', 'Session ID unknown', 'Bad handshake method', 'Bad request', 'Forbidden', 'Unsupported protocol version']

const REASONS: Readonly<Record<number, RefusalReason>> = { 0: 'unknown transport', 1: 'unknown session', 2: 'bad handshake method', 5: 'unsupported version' }

interface Case {
  /** SID3 and SID4 are polling sessions, OLD is one of revision 1. */
  url: string
  code: number
  /** Default: that of its code. */
  reason?: RefusalReason
  context: Record<string, unknown>
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Record<string, string>
  status?: number
}

const foreign = { origin: 'http://elsewhere.test' }

/** Refused in whichever way they come. */
const BOTH: readonly Case[] = [
  { url: urlOf(4, 'abc'), code: 0, context: { detail: 'the transport is unknown, or the option "transports" excludes it' } },
  { url: urlOf(3, 'POLLING'), code: 0, context: {} },
  { url: urlOf(4, 'flashsocket'), code: 0, context: {} },
  { url: urlOf(4, ''), code: 0, context: {} },
  { url: '/socket.io/?EIO=4', code: 0, context: {} },
  { url: '/socket.io/?EIO=3&sid=SID3', code: 0, context: {} },
  { url: urlOf(4, 'abc', '&sid=SID4'), code: 0, context: {} },
  { url: '/socket.io/?transport=polling', code: 5, context: { detail: /assumeEngine3/, url: '/socket.io/?transport=polling' } },
  { url: '/socket.io/?transport=websocket', code: 5, context: {} },
  { url: '/socket.io/?sid=SID4', code: 5, context: {} },
  { url: '/socket.io/?transport=polling&sid=SID4', code: 5, context: {} },
  { url: '/socket.io/?EIO=5&transport=polling', code: 5, context: {} },
  { url: '/socket.io/?EIO=1&transport=websocket', code: 5, context: {} },
  { url: '/socket.io/?EIO=&transport=polling', code: 5, context: {} },
  { url: '/socket.io/?EIO=04&transport=polling', code: 5, context: {} },
  { url: '/socket.io/?EIO=toString&transport=polling', code: 5, context: {} }
]

/** Refused as requests that are no upgrades. */
const PLAIN: readonly Case[] = [
  ...BOTH,
  { url: urlOf(4, 'polling', '&sid=unknown'), code: 1, context: { detail: /has this id: .*sticky sessions/, sid: 'unknown' } },
  { url: urlOf(3, 'polling', '&sid=__proto__'), code: 1, context: { sid: '__proto__' } },
  { url: urlOf(4, 'polling', '&sid=OLD'), code: 1, context: {} },
  { url: urlOf(4, 'polling', '&sid=unknown'), code: 1, context: {}, method: 'POST' },
  { url: urlOf(4, 'polling'), code: 2, context: { method: 'POST' }, method: 'POST' },
  { url: urlOf(4, 'polling', '&sid='), code: 2, context: {}, method: 'POST' },
  { url: urlOf(3, 'polling'), code: 2, context: {}, method: 'PUT' },
  { url: urlOf(4, 'polling', '&sid=SID4'), code: 2, context: {}, method: 'DELETE' },
  { url: urlOf(4, 'polling', '&sid=SID4'), code: 2, context: {}, method: 'PATCH' },
  { url: urlOf(4, 'websocket'), code: 2, context: { detail: 'the method is not GET' }, method: 'POST' },
  { url: urlOf(4, 'websocket', '&sid=SID4'), code: 2, context: {}, method: 'POST' },
  { url: urlOf(4, 'websocket'), code: 3, reason: 'not an upgrade', context: { detail: /upgrade to a WebSocket: a proxy in front must pass on/ } },
  { url: urlOf(4, 'websocket', '&sid=SID4'), code: 3, reason: 'not an upgrade', context: { detail: /upgrade to a WebSocket: a proxy in front must pass on/ } },
  { url: urlOf(3, 'polling', '&sid=SID4'), code: 3, reason: 'protocol mismatch', context: { name: 'PROTOCOL_MISMATCH', detail: /EIO is not that of the handshake/, protocol: 3, previousProtocol: 4 } },
  { url: urlOf(4, 'polling', '&sid=SID3'), code: 3, reason: 'protocol mismatch', context: { name: 'PROTOCOL_MISMATCH', detail: /EIO is not that of the handshake/, protocol: 4, previousProtocol: 3 }, method: 'POST' },
  { url: urlOf(4, 'polling', '&EIO=9'), code: 5, context: { detail: /EIO/ } },
  { url: urlOf(4, 'polling', '&sid=SID4&sid=SID3'), code: 3, reason: 'protocol mismatch', context: { protocol: 4, previousProtocol: 3 } },
  { url: urlOf(4, 'polling', '&j=abc'), code: 3, reason: 'bad request', context: { detail: 'the query parameter j has other characters than digits' } },
  { url: urlOf(4, 'polling', '&j='), code: 3, reason: 'bad request', context: { detail: 'the query parameter j has other characters than digits' } },
  { url: urlOf(3, 'polling', '&j=alert(1)//&sid=SID3'), code: 3, reason: 'bad request', context: { detail: 'the query parameter j has other characters than digits' } },
  { url: urlOf(4, 'polling'), code: 4, reason: 'origin refused', context: { detail: /origin/, origin: foreign.origin }, headers: foreign, status: 403 },
  { url: urlOf(4, 'polling', '&sid=SID4'), code: 4, reason: 'origin refused', context: {}, headers: foreign, status: 403 },
  { url: urlOf(3, 'polling', '&sid=SID3'), code: 4, reason: 'origin refused', context: {}, headers: foreign, method: 'POST', status: 403 },
  { url: urlOf(4, 'polling', '&as=nobody'), code: 4, reason: 'unauthorized', context: { detail: 'authorize returned false' }, status: 403 }
]

/** Refused as upgrades. */
const UPGRADES: readonly Case[] = [
  ...BOTH,
  { url: urlOf(4, 'websocket', '&sid=unknown'), code: 1, context: { sid: 'unknown' } },
  { url: urlOf(3, 'websocket', '&sid=OLD'), code: 1, context: { sid: /./ } },
  { url: urlOf(4, 'polling'), code: 3, reason: 'bad request', context: { detail: 'an upgrade request on a route that is not for WebSockets' } },
  { url: urlOf(4, 'polling', '&sid=SID4'), code: 3, reason: 'bad request', context: {} },
  { url: urlOf(3, 'websocket', '&sid=SID4'), code: 3, reason: 'protocol mismatch', context: { name: 'PROTOCOL_MISMATCH', detail: /EIO is not that of the handshake/, protocol: 3, previousProtocol: 4 } },
  { url: urlOf(4, 'websocket', '&transport=abc'), code: 0, context: {} },
  { url: urlOf(4, 'websocket'), code: 4, reason: 'origin refused', context: { origin: foreign.origin }, headers: foreign, status: 403 },
  { url: urlOf(4, 'websocket', '&sid=SID4'), code: 4, reason: 'origin refused', context: {}, headers: foreign, status: 403 },
  { url: urlOf(3, 'websocket', '&as=nobody'), code: 4, reason: 'unauthorized', context: { detail: 'authorize returned false' }, status: 403 }
]

async function setUp (t: Teardown, options: SocketioTransportsOptions = {}) {
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, { authorize: ({ query }) => (query as { as?: string }).as !== 'nobody', ...options }, { logger })
  const told: { req: IncomingMessage, code: number, message: string, reason: string, context: Record<string, unknown> }[] = []
  app.socketio.on('connection_error', (error) => told.push(error))
  const ids = { SID3: (await connectEngine(app, ENGINE_3)).sid, SID4: (await connectEngine(app, ENGINE_4)).sid, OLD: await handshake(app) }
  return {
    app,
    told,
    fill: (url: string): string => Object.entries(ids).reduce((filled, [name, sid]) => filled.replaceAll(name, sid), url),
    /** What the refusals wrote, without the lines that Fastify writes of every request. */
    logged: (): LogLine[] => lines.splice(0).filter(({ msg }) => !/^(?:incoming request|request completed|Server listening|session opened)/.test(msg))
  }
}

t.test('requests that are refused', async (t) => {
  const { app, told, fill, logged } = await setUp(t)
  for (const { url, code, reason = REASONS[code], context, method = 'GET', headers = {}, status = 400 } of PLAIN) {
    const name = `${method} ${url} ${headers['origin'] ?? ''}`
    const asked = { method, url: fill(url), headers: { ...scriptHeaders(url), ...headers }, ...(method === 'POST' && { payload: '4x' }) }
    t.strictSame(await refusedBy(app, asked), { status, code, message: MESSAGES[code] }, name)
    const [error, ...others] = told.splice(0)
    t.match(error, { code, message: MESSAGES[code], reason, context, req: { method, url: fill(url) } }, name)
    const lines = logged()
    t.match(lines, [{ level: code === 1 ? 30 : 40, msg: `refused: ${reason}; what to do: docs/refusals.md#${reason?.replaceAll(' ', '-')}`, answer: `{"code":${code},"message":"${MESSAGES[code] ?? ''}"}`, reason, detail: error?.context['detail'] }], name)
    t.strictSame([others.length, lines.length], [0, 1], `${name} is told and logged once`)
  }
  t.equal(app.socketio.sessions.size, 3, 'no session was opened, and none lost')
})

t.test('upgrades that are refused', async (t) => {
  const { app, told, fill, logged } = await setUp(t)
  for (const { url, code, reason = REASONS[code], context, headers = {}, status = 400 } of UPGRADES) {
    const name = `${url} ${headers['origin'] ?? ''}`
    const answer = await requestUpgrade(app, fill(url), headers)
    t.equal(answer.status, status, name)
    t.equal(answer.body, `{"code":${code},"message":"${MESSAGES[code] ?? ''}"}`, name)
    t.match(answer.headers['content-type'], /^application\/json/, name)
    t.match(told.splice(0), [{ code, message: MESSAGES[code], reason, context, req: { url: fill(url) } }], name)
    t.match(logged(), [{ msg: /^refused: /, answer: answer.body }], name)
  }
  t.equal(app.socketio.sessions.size, 3, 'no session was opened, and none lost')
})

t.test('a body above maxPayload is refused with 413, and its session lives', async (t) => {
  const app = await pluginApp(t, { maxPayload: 100 })
  for (const dialect of [ENGINE_3, ENGINE_4]) {
    const session = await connectEngine(app, dialect)
    const told: unknown[] = []
    app.socketio.once('connection_error', ({ code }) => told.push(code))
    const { statusCode, body } = await session.post('4'.repeat(101))
    t.equal(statusCode, 413)
    t.equal(body, '{"code":3,"message":"Payload too large"}')
    t.strictSame(told, [3])
    t.equal((await session.post(dialect.body(`42["${'x'.repeat(85)}"]`))).body, 'ok')
  }
})

t.test('a payload that cannot be read is answered with 400 and ends its session', async (t) => {
  const bytes = { 'content-type': 'application/octet-stream' }
  for (const [dialect, payload, headers] of [
    [ENGINE_4, 'abc', {}], [ENGINE_4, '', {}], [ENGINE_4, '4a', bytes], [ENGINE_4, Buffer.of(0, 1, 255, 0x34), bytes],
    [ENGINE_4, '4a', { 'content-type': 'application/octet-stream; charset=UTF-8' }],
    [ENGINE_3, 'abc', {}], [ENGINE_3, '', {}], [ENGINE_3, '4:4', {}], [ENGINE_3, '1:4', bytes], [ENGINE_3, Buffer.of(0, 1, 255, 0x34), {}]
  ] as const) {
    const { lines, logger } = captureLog('info')
    const app = await pluginApp(t, {}, { logger })
    const session = await connectEngine(app, dialect)
    const closes: unknown[][] = []
    session.socket.on('close', (...args) => closes.push(args))
    const { statusCode, body } = await session.post(payload, headers)
    t.equal(statusCode, 400, show(String(payload)))
    t.equal(body, '{"code":3,"message":"Bad request"}')
    t.match(closes, [['parse error', { reason: 'parse error', cause: { name: 'ProtocolError' } }]])
    t.equal(lines.filter(({ msg }) => msg.startsWith('refused')).length, 1)
    t.match(await refusedBy(app, session.url), { code: 1 })
  }
})

t.test('a sid whose session has moved to a WebSocket takes no polls, and lives on', async (t) => {
  const { app, told } = await setUp(t)
  const { sid, url, socket } = await connectEngine(app, ENGINE_4)
  const wire = new WebSocketClient(`http://127.0.0.1:${await portOf(app)}${urlOf(4, 'websocket', `&sid=${sid}`)}`)
  await wire.opened
  wire.send('2probe')
  t.equal(await wire.next(), '3probe')
  wire.send('5', '40')
  t.equal(await wire.next(), `40{"sid":"${sid}"}`)
  for (const method of ['GET', 'POST'] as const) {
    t.match(await refusedBy(app, { method, url, ...(method === 'POST' && { payload: '4x' }) }), { status: 400, code: 3 })
    t.match(told.splice(0), [{ reason: 'transport mismatch', context: { name: 'TRANSPORT_MISMATCH', detail: /another transport by now/, transport: 'polling', previousTransport: 'websocket' } }])
  }
  t.equal(socket.readyState, 'open')
  wire.close()
})
